"""Three shapes of chart, as SVG: points within limits, a curve with its forecast, figures side by
side.

A shape is made once and filled with the points of each indicator. What a chart shows stands in a
table beside it, and words tell what it says; here shape and line tell what colour tells.
"""

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt
import vl_convert

Points = Sequence[Mapping[str, Any]]

INK = "#1b1f24"
QUIET = "#5a626c"
FAINT = "#c9ced6"
BLUE = "#1f5a99"
ORANGE = "#a34a00"
PURPLE = "#6a3d9a"
WIDTH = 560
HEIGHT = 240
SIGNALS = ("No signal", "Improvement", "Concern", "Other signal")
CONFIG: dict[str, Any] = {
    # The image carries its words itself.
    "aria": False,
    # The letters of the reader's machine may be wider than those that were measured here.
    "padding": {"left": 16, "right": 16, "top": 4, "bottom": 4},
    "font": "Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "labelColor": INK,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titleColor": INK,
        "gridColor": "#e9ebee",
        "domainColor": QUIET,
        "tickColor": QUIET,
    },
    "legend": {
        "labelFontSize": 13,
        "orient": "top",
        "title": None,
        "symbolSize": 90,
        "columnPadding": 24,
    },
}


def limits_chart(points: Points, *, unit: str) -> str:
    """Months or quarters within their limits: each point has ``at``, ``value``, ``signal``, and
    the centre, lower and upper limit of its part of the series; all but ``at`` may be empty, and
    then ``symbol`` may say why there is no value."""
    return _drawn(_limits_shape(), unit, points=points)


def curve_chart(points: Points, forecast: Points, *, unit: str, in_years: bool) -> str:
    """Figures with their 95 % limits, and the frozen forecast with its 80 % and 95 % limits.

    A point has ``at``, ``value``, ``lower`` and ``upper``, or ``symbol`` in their place; one of the
    forecast ``at``, ``forecast``, ``lower80``, ``upper80``, ``lower95`` and ``upper95``.
    """
    return _drawn(_curve_shape(in_years), unit, points=points, forecast=forecast)


def side_by_side_chart(rows: Points, whole: float | None, *, unit: str) -> str:
    """Figures of groups or areas, each with its 95 % limits, beside a line for the whole.

    A row has ``label``, ``value``, ``lower`` and ``upper``; the rows stay in their order.
    """
    line = [] if whole is None else [{"whole": whole}]
    return _drawn(_side_by_side_shape(), unit, rows=rows, whole=line)


def _drawn(shape: Mapping[str, Any], unit: str, **data: Points) -> str:
    filled = copy.deepcopy(dict(shape))
    filled["datasets"] = {name: [dict(row) for row in rows] for name, rows in data.items()}
    _name_value_axes(filled, unit)
    return str(vl_convert.vegalite_to_svg(filled))


def _name_value_axes(shape: Any, unit: str) -> None:
    """Put the unit where the shape says ``unit``."""
    if isinstance(shape, dict):
        for key, inner in shape.items():
            if key == "title" and inner == "unit":
                shape[key] = unit
            else:
                _name_value_axes(inner, unit)
    elif isinstance(shape, list):
        for inner in shape:
            _name_value_axes(inner, unit)


def _value_axis() -> alt.Axis:
    return alt.Axis(title="unit", format=",~f", tickCount=5)


def _time() -> alt.X:
    # In universal time, or the months would move with the clock of the machine.
    return alt.X(
        "at:T",
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(title=None, format="%b %Y", labelOverlap=True, grid=False, tickCount=7),
    )


def _withheld(points: Any) -> Any:
    """The symbol at the foot of the chart, where a figure is not shown."""
    return (
        points.transform_filter("!isValid(datum.value)")
        .mark_text(baseline="bottom", fontSize=11, color=QUIET)
        .encode(y=alt.value(HEIGHT - 2), text="symbol:N")
    )


def _finished(height: int | dict[str, int], *layers: Any) -> dict[str, Any]:
    chart = alt.LayerChart(layer=list(layers)).properties(width=WIDTH, height=height)
    return dict(chart.configure(**CONFIG).to_dict())


@cache
def _limits_shape() -> dict[str, Any]:
    points = alt.Chart(alt.NamedData("points")).encode(x=_time())
    value = alt.Y("value:Q", axis=_value_axis(), scale=alt.Scale(zero=False))
    between = points.mark_area(color="#eef1f5", interpolate="step-after").encode(
        y=alt.Y("lower:Q", axis=_value_axis(), scale=alt.Scale(zero=False)), y2="upper:Q"
    )
    limits = [
        points.mark_line(color=QUIET, strokeWidth=1, strokeDash=dash).encode(y=f"{column}:Q")
        for column, dash in (("lower", [2, 3]), ("centre", [1, 0]), ("upper", [2, 3]))
    ]
    line = points.mark_line(color=INK, strokeWidth=1.5).encode(y=value)
    marks = (
        points.transform_filter("isValid(datum.value)")
        .mark_point(filled=True, opacity=1)
        .encode(
            y=value,
            color=alt.Color(
                "signal:N",
                scale=alt.Scale(domain=list(SIGNALS), range=[QUIET, BLUE, ORANGE, PURPLE]),
            ),
            shape=alt.Shape(
                "signal:N",
                scale=alt.Scale(
                    domain=list(SIGNALS), range=["circle", "triangle-up", "diamond", "square"]
                ),
            ),
            size=alt.condition("datum.signal == 'No signal'", alt.value(28), alt.value(90)),
        )
    )
    return _finished(HEIGHT, between, *limits, line, marks, _withheld(points))


@cache
def _curve_shape(in_years: bool) -> dict[str, Any]:
    along = (
        alt.X("at:O", axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True, labelSeparation=8))
        if in_years
        else _time()
    )
    points = alt.Chart(alt.NamedData("points")).encode(x=along)
    forecast = alt.Chart(alt.NamedData("forecast")).encode(x=along)

    def value(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", axis=_value_axis(), scale=alt.Scale(zero=False))

    fans = [
        forecast.mark_area(color=BLUE, opacity=opacity).encode(
            y=value(f"lower{level}"), y2=f"upper{level}:Q"
        )
        for level, opacity in ((95, 0.12), (80, 0.2))
    ]
    expected = forecast.mark_line(color=BLUE, strokeDash=[5, 3], strokeWidth=2).encode(
        y=value("forecast")
    )
    bars = points.mark_rule(color=QUIET, strokeWidth=1.5).encode(y=value("lower"), y2="upper:Q")
    line = points.mark_line(color=INK, strokeWidth=1.5).encode(y=value("value"))
    marks = points.mark_point(
        filled=True, color=INK, opacity=1, size=45 if in_years else 20
    ).encode(y=value("value"))
    return _finished(HEIGHT, *fans, bars, expected, line, marks, _withheld(points))


@cache
def _side_by_side_shape() -> dict[str, Any]:
    rows = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=210, grid=False))
    )
    axis = _value_axis()
    whole = (
        alt.Chart(alt.NamedData("whole"))
        .mark_rule(color=BLUE, strokeDash=[5, 3], strokeWidth=1.5)
        .encode(x=alt.X("whole:Q", axis=axis))
    )
    bars = rows.mark_rule(color=QUIET, strokeWidth=2).encode(
        x=alt.X("lower:Q", axis=axis, scale=alt.Scale(zero=False)), x2="upper:Q"
    )
    marks = rows.mark_point(filled=True, color=INK, opacity=1, size=70).encode(
        x=alt.X("value:Q", axis=axis, scale=alt.Scale(zero=False))
    )
    return _finished({"step": 28}, whole, bars, marks)
