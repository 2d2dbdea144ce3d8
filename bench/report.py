# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table, the JSON and the plot."""
import html
import json
import os
import platform

WIDTH, ROW, LEFT, RIGHT = 860, 18, 320, 90
COLOURS = {'ours': '#2a7f62', 'limit': '#8c8c8c', 'peer': '#c98b3b'}


def text(outcome):
    peers = [v for v in outcome.variants if v.kind == 'peer' and v.values]
    limits = [v for v in outcome.variants if v.kind == 'limit' and v.values]
    best = min(peers, key=lambda v: v.median()) if peers else None
    lines = ['', '(%s) %s' % (outcome.key, outcome.title),
             '  %-46s %11s %11s %11s %3s %8s %8s' % ('', 'median', 'min', 'max', 'n', '× limit', '× peer')]
    for v in outcome.variants:
        def against(other):
            return '%8.2f' % (v.median() / other.median()) if other and other.median() > 0 else '%8s' % ''
        lines.append('  %-46s %11s %11s %11s %3d %s %s%s' % (
            v.name, figure(v.median(), outcome.unit), figure(min(v.values), outcome.unit),
            figure(max(v.values), outcome.unit), len(v.values), against(limits[0] if limits else None), against(best),
            '  the sink was the bottleneck' if v.bottleneck * 2 > len(v.values) else ''))
    for bar in outcome.bars:
        lines.append('  %s %-60s %8.2f  must be %s %g, reach for %g' % (
            'ok  ' if bar.met() else 'MISS', bar.text, bar.value, '≤' if bar.most else '≥', bar.must, bar.reach))
    lines += ['  ' + note for note in outcome.notes]
    return '\n'.join(lines)


def figure(value, unit):
    if unit == 'KiB':
        return '%d KiB' % value
    if value < 0.001:
        return '%.2f µs' % (1e6 * value)
    return '%.3f ms' % (1000 * value) if value < 1 else '%.3f s' % value


def describe(scale, rounds, realtime, missing):
    return {'scale': scale, 'rounds': rounds, 'realtime': realtime, 'processors': os.cpu_count(),
            'machine': platform.machine(), 'kernel': platform.release().split('-')[0], 'missing': missing}


def write_json(path, about, outcomes):
    data = {'about': about, 'cases': [{
        'case': o.key, 'title': o.title, 'unit': o.unit, 'notes': o.notes,
        'variants': [{'name': v.name, 'kind': v.kind, 'median': v.median(), 'min': min(v.values), 'max': max(v.values),
                      'values': v.values, 'peak_kib': v.kib, 'sink_was_bottleneck': v.bottleneck * 2 > len(v.values)}
                     for v in o.variants],
        'bars': [{'what': b.text, 'value': b.value, 'must': b.must, 'reach': b.reach,
                  'direction': 'at most' if b.most else 'at least', 'met': b.met()} for b in o.bars],
    } for o in outcomes]}
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write('\n')


def write_svg(path, outcomes):
    """Bars of time, a case a block, the longest of a block over the whole width; the least and the most as a line."""
    rows, y = [], 30
    for outcome in outcomes:
        variants = [v for v in outcome.variants if v.values]
        longest = max(v.median() for v in variants) or 1
        rows.append('<text x="8" y="%d" class="title">(%s) %s</text>' % (y, outcome.key, html.escape(outcome.title)))
        y += 8
        for v in variants:
            scale = (WIDTH - LEFT - RIGHT) / longest
            width = max(1, v.median() * scale)
            most = min(max(v.values) * scale, WIDTH - LEFT - 4)
            rows.append('<text x="%d" y="%d" class="name">%s</text>' % (LEFT - 8, y + 13, html.escape(v.name)))
            rows.append('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' % (LEFT, y + 2, width, ROW - 5,
                                                                                  COLOURS[v.kind]))
            rows.append('<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#333"/>' % (
                LEFT + min(v.values) * scale, LEFT + most, y + 8, y + 8))
            rows.append('<text x="%.1f" y="%d" class="value">%s</text>' % (LEFT + max(width, most) + 4, y + 13,
                                                                           figure(v.median(), outcome.unit)))
            y += ROW
        y += 26
    with open(path, 'w', encoding='utf-8') as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">\n'
                   '<style>.title{font-weight:bold;font-size:12px}.name{text-anchor:end}.value{fill:#333}</style>\n'
                   '<rect width="100%%" height="100%%" fill="#fff"/>\n'
                   '<text x="8" y="14">green: mimesend; grey: the bare loop; brown: others. Shorter is better; the line '
                   'runs from the least to the most.</text>\n' % (WIDTH, y))
        file.write('\n'.join(rows) + '\n</svg>\n')
