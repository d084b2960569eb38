"""VSC-GEO 5.9: bbox and datetime select what they should, wrong parameters are refused (OGC API Features 1).

What an answer should hold is worked out from geometries and dates that the service itself gave before.
"""

from __future__ import annotations

from validator.api.collector import Collector
from validator.api.features import (
    CORE,
    Feature,
    FeatureCollection,
    Features,
    FeatureService,
    free_parameters,
    identifier,
)
from validator.api.outcomes import NotClaimed, Unknown
from validator.api.times_of_features import Timeline, text_of, timelines
from validator.checks.geometry_served import Box, meets, shape_of, telling_box

REQUIREMENT = "VSC-GEO-R09"
FAR_BOXES = ((-31.0, -41.0, -30.0, -40.0), (71.0, -61.0, 72.0, -60.0))
HEIGHTS = (-1000, 9000)
WRONG = (
    ("limit", "abc"), ("limit", "-1"),
    ("bbox", "1,2,3"), ("bbox", "a,b,c,d"), ("bbox", "108,17,109,16"), ("bbox", "108,16,109,160"),
    ("datetime", "hôm nay"), ("datetime", "2026-13-01T00:00:00Z"),
    ("datetime", "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z/2026-03-01T00:00:00Z"),
)  # fmt: skip
UNKNOWN_PARAMETER = "khong_ai_biet"


def as_text(box: tuple[float, ...]) -> str:
    return ",".join(f"{side:.7f}".rstrip("0").rstrip(".") for side in box)


def judge_selected(
    find: Collector, parameter: str, found: Features, wanted: list[Feature], unwanted: list[Feature]
) -> None:
    """Notes what an answer lacks and what it holds without reason."""
    find.looked(max(1, len(found.features)))
    if found.stuck:
        find("paging_stuck", found.last, asked=parameter)
        return
    if found.broken:
        find("filter_broken", found.last, parameter=parameter, expected=200, found=found.last.status)
        return
    ids = set(found.ids)
    lacking = [identifier(feature) for feature in wanted if identifier(feature) not in ids] if found.complete else []
    if lacking:
        find("selected_too_few", found.last, parameter=parameter, id=lacking[0], count=len(lacking))
    if unwanted:
        find("selected_too_many", found.last, parameter=parameter, id=identifier(unwanted[0]), count=len(unwanted))


def judge_box(find: Collector, found: Features, sample: Features, box: Box) -> None:
    """Features without a place are matched by every box (/req/core/fc-bbox-response, C)."""
    shaped = [(feature, shape_of(feature)) for feature in sample.features]
    wanted = [f for f, shape in shaped if (f.get("geometry") is None if shape is None else meets(shape, box))]
    got = [(feature, shape_of(feature)) for feature in found.features]
    judge_selected(find, "bbox", found, wanted, [f for f, shape in got if shape is not None and not meets(shape, box)])


def boxes(service: FeatureService) -> list[tuple[FeatureCollection, Features, Box]]:
    """Every collection with a box that some of its features meet and others do not. Raises Unknown without any."""
    service.claimed(CORE)
    found = []
    for collection, sample in service.filled():
        box = telling_box([shape for f in sample.features if (shape := shape_of(f)) is not None])
        found += [(collection, sample, box)] if box else []
    if not found:
        raise Unknown("live.no_telling_box")
    return found


def test_R09_bbox_selects_what_meets_it(service: FeatureService, find: Collector) -> None:
    for collection, sample, box in boxes(service):
        judge_box(find, service.walk(collection, {"bbox": as_text(box)}), sample, box)


def test_R09_bbox_keeps_through_pages(service: FeatureService, find: Collector) -> None:
    for collection, sample, box in boxes(service):
        judge_box(find, service.walk(collection, {"bbox": as_text(box), "limit": 1}), sample, box)


def test_R09_bbox_elsewhere_selects_nothing(service: FeatureService, find: Collector) -> None:
    for collection, sample, _ in boxes(service):
        shapes = [shape for f in sample.features if (shape := shape_of(f)) is not None]
        for box in FAR_BOXES:
            if not any(meets(shape, box) for shape in shapes):
                judge_box(find, service.walk(collection, {"bbox": as_text(box)}), sample, box)


def test_R09_bbox_over_the_antimeridian(service: FeatureService, find: Collector) -> None:
    """West is greater than east: from just west of the data over 180° to 170° W."""
    for collection, sample, box in boxes(service):
        shapes = [(f, shape) for f in sample.features if (shape := shape_of(f)) is not None]
        west, east = min(shape.bounds[0] for _, shape in shapes), max(shape.bounds[2] for _, shape in shapes)
        if west < -160 or east > 179:
            continue
        south, north = max(-90.0, box[1] - 5), min(90.0, box[3] + 5)
        around = (west - 1, south, 180.0, north)
        found = service.walk(collection, {"bbox": as_text((west - 1, south, -170.0, north))})
        judge_selected(find, "bbox", found, [f for f, shape in shapes if meets(shape, around)], [])
    if not find.examined:
        raise Unknown("live.no_telling_box")


def test_R09_bbox_of_six_numbers(service: FeatureService, find: Collector) -> None:
    """Refused or answered as without heights, which no feature here is outside of."""
    for collection, sample, box in boxes(service):
        with_heights = (*box[:2], HEIGHTS[0], *box[2:], HEIGHTS[1])
        found = service.walk(collection, {"bbox": as_text(with_heights)})
        find.looked()
        if not (found.broken and found.last.status == 400):
            judge_box(find, found, sample, box)


def test_R09_datetime_selects_what_it_should(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    dated = [(c, s, timelines(s.features)) for c, s in service.filled() if c.temporal]
    if not dated:
        raise NotClaimed("live.no_datetime")
    for collection, sample, lines in dated:
        cuts = [line.cut for line in lines if line.cut is not None]
        for query in {text for cut in cuts for text in (f"../{text_of(cut)}", f"{text_of(cut)}/..")}:
            found = service.walk(collection, {"datetime": query})
            judge_times(find, found, sample, lines, query)
    if not find.examined:
        raise Unknown("live.too_few_records")


def judge_times(find: Collector, found: Features, sample: Features, lines: list[Timeline], query: str) -> None:
    """An answer is right when it is what any one temporal property selects."""
    ids = set(found.ids)
    if not found.broken and any(_agrees(ids, sample, line, query, found.complete) for line in lines):
        find.looked(max(1, len(found.features)))
        return
    line = next(line for line in lines if line.cut is not None)
    got = [f for f in found.features if line.selects(f, query) is False]
    judge_selected(find, "datetime", found, [f for f in sample.features if line.selects(f, query)], got)


def _agrees(ids: set[str], sample: Features, line: Timeline, query: str, complete: bool) -> bool:
    """Whether the part of an answer that was seen before is what this property selects."""
    for feature in sample.features:
        selected = line.selects(feature, query)
        if selected is None:
            continue
        if (identifier(feature) in ids) != selected and (complete or not selected):
            return False
    return True


def test_R09_wrong_parameters_are_refused(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection in service.collections():
        for name, value in WRONG:
            answer = service.get(f"{collection.path}/items", {name: value})
            find.looked()
            if answer.status != 400:
                find("not_refused", answer, parameter=f"{name}={value}", expected=400, found=answer.status)


def test_R09_unknown_parameter_is_refused(service: FeatureService, find: Collector) -> None:
    """Unless the API definition lets any parameter in."""
    service.claimed(CORE)
    definition = service.definition()
    if definition is None:
        raise Unknown("live.no_definition")
    if free_parameters(definition):
        raise NotClaimed("live.free_parameters")
    for collection in service.collections():
        answer = service.get(f"{collection.path}/items", {UNKNOWN_PARAMETER: "1"})
        find.looked()
        if answer.status != 400:
            find("not_refused", answer, parameter=UNKNOWN_PARAMETER, expected=400, found=answer.status)
