"""How cost grows with the claims, as an SVG drawing with logarithmic axes."""

import math

WIDTH, HEIGHT = 900, 460
LEFT, RIGHT, TOP, BOTTOM = 76, 232, 56, 64
COLOURS = ["#0b6e4f", "#1f77b4", "#c1440e", "#7b4ab5", "#8a6d00"]


def decades(low, high):
    """The powers of ten that hold all values."""
    return range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)


def plain(value, unit):
    if unit == "s":
        return f"{value:g} s" if value >= 1 else f"{value * 1000:g} ms"
    return f"{value:,.0f} {unit}".strip()


def panel(title, subtitle, unit, series):
    """One chart. `series` are (name, [(claims, value)]); the dashed line grows as the claims do."""
    xs = [x for _, points in series for x, _ in points]
    ys = [y for _, points in series for _, y in points]
    across, up = decades(min(xs), max(xs)), decades(min(ys), max(ys))
    if len(across) == 1:
        across = range(across[0], across[0] + 2)
    if len(up) == 1:
        up = range(up[0], up[0] + 2)

    def place(x, y):
        far = (math.log10(x) - across[0]) / (across[-1] - across[0])
        high = (math.log10(y) - up[0]) / (up[-1] - up[0])
        return LEFT + far * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - high * (HEIGHT - TOP - BOTTOM)

    out = [f'<text x="{LEFT}" y="24" class="title">{title}</text>',
           f'<text x="{LEFT}" y="42" class="small">{subtitle}</text>']
    for power in across:
        x, _ = place(10**power, 10 ** up[0])
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" class="grid"/>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{10**power:,}</text>')
    for power in up:
        _, y = place(10 ** across[0], 10**power)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" class="grid"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{plain(10.0**power, unit)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    out.append(f'<text x="{middle}" y="{HEIGHT - 18}" text-anchor="middle">claims</text>')
    labels = []
    for number, (name, points) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        if number == 0:
            out.append(reference(points[0], max(xs), 10.0 ** up[-1], place))
        path = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for claims, value in points:
            x, y = place(claims, value)
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}">'
                       f'<title>{name}, {claims:,} claims: {plain(value, unit)}</title></circle>')
        labels.append([place(*points[-1])[1], f"{name}, {plain(round_to_3(points[-1][1]), unit)}", colour])
    labels.sort()
    for before, label in zip(labels, labels[1:]):
        label[0] = max(label[0], before[0] + 17)
    for y, text, colour in labels:
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{y + 4:.1f}" fill="{colour}">{text}</text>')
    return out


def reference(first, last, highest, place):
    """As much more as there are more claims: from a little below the first point to the end of the chart."""
    claims, value = first[0], first[1] * 0.7
    last = min(last, claims * highest / value)
    (x1, y1), (x2, y2) = place(claims, value), place(last, value * last / claims)
    line = f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#999" stroke-dasharray="5 5"/>'
    if x2 - x1 < 100:
        return line
    return f'{line}<text x="{(x1 + x2) / 2 + 8:.1f}" y="{(y1 + y2) / 2 + 12:.1f}" class="small">linear</text>'


def round_to_3(value):
    return float(f"{value:.3g}")


def draw(panels):
    """All panels, one below the other."""
    height = HEIGHT * len(panels)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
           'font-family="system-ui, sans-serif" font-size="13">',
           "<style>.title{font-size:16px;font-weight:600}.small{font-size:12px;fill:#555}.grid{stroke:#e4e4e4}</style>",
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>']
    for number, lines in enumerate(panels):
        out += [f'<g transform="translate(0 {number * HEIGHT})">', *lines, "</g>"]
    return "\n".join([*out, "</svg>"]) + "\n"
