//! Writing what the office adds to the dated tables of deadlines: amounts in controversy, and holidays.

use super::error::StoreError;
use super::registers;
use super::rows::Record;
use super::schema::WriteTables;
use crate::domain::Date;
use crate::domain::clock::{OfficeAmount, OfficeHoliday};

type Result<T> = std::result::Result<T, StoreError>;

impl WriteTables<'_> {
    /// Writes an amount in controversy, in place of what was there.
    pub fn put_clock_amount(&mut self, amount: &OfficeAmount) -> Result<()> {
        registers::ClockAmounts(self, (amount.table.as_str(), amount.level, amount.year))?;
        amount.encode(0, &mut self.scratch)?;
        let key = (amount.table.as_str(), amount.level, amount.year);
        self.clock_amount_rows.get_mut()?.insert(key, self.scratch.as_slice())?;
        Ok(())
    }

    /// Removes an amount in controversy. Says whether there was one.
    pub fn remove_clock_amount(&mut self, table: &str, level: u8, year: i32) -> Result<bool> {
        registers::ClockAmounts(self, (table, level, year))?;
        Ok(self.clock_amount_rows.get_mut()?.remove((table, level, year))?.is_some())
    }

    /// Writes a holiday, in place of what was there.
    pub fn put_clock_holiday(&mut self, holiday: &OfficeHoliday) -> Result<()> {
        registers::ClockHolidays(self, holiday.on.number())?;
        holiday.encode(0, &mut self.scratch)?;
        self.clock_holiday_rows.get_mut()?.insert(holiday.on.number(), self.scratch.as_slice())?;
        Ok(())
    }

    /// Removes a holiday. Says whether there was one.
    pub fn remove_clock_holiday(&mut self, on: Date) -> Result<bool> {
        registers::ClockHolidays(self, on.number())?;
        Ok(self.clock_holiday_rows.get_mut()?.remove(on.number())?.is_some())
    }
}
