"""Names taken apart, and which of them may mean one body."""

from __future__ import annotations

import time

import pytest

from extractor.across.likeness import Known, Like, Named, likenesses, near_places
from extractor.across.names import contradict, extends, parts_of

PLACES = [
    ("湖北省松江市北河县教育局", ("湖北省", "松江市", "北河县"), "教育局"),
    ("北河縣人民政府辦公室", ("北河县",), "政府办"),
    ("北河县政府办", ("北河县",), "政府办"),
    ("北河县人民政府", ("北河县",), ""),
    ("济南市市中区民政局", ("济南市", "市中区"), "民政局"),
    ("随州市广水市财政局", ("随州市", "广水市"), "财政局"),
    ("松江市城东街道办事处", ("松江市", "城东街道"), ""),
    ("松江口镇人民政府", ("松江口镇",), ""),
    ("江口市水务局（本级）", ("江口市",), "水务局"),
    ("松江市发展和改革委员会", ("松江市",), "发展改革委"),
    ("国家林业局", (), "国家林业局"),
    ("省教育厅", (), "省教育厅"),
    ("", (), ""),
    ("（）", (), ""),
]


@pytest.mark.parametrize(("name", "places", "office"), PLACES)
def test_a_name_is_a_chain_of_places_and_an_office(name: str, places: tuple[str, ...], office: str) -> None:
    parts = parts_of(name)
    assert (tuple(place for _, place in parts.places), parts.office) == (places, office)


@pytest.mark.parametrize("name", ["市" * 1_000_000, "县区" * 500_000, "人民政府" * 200_000, "a" * 1_000_000])
def test_a_name_of_any_length_takes_no_time(name: str) -> None:
    start = time.perf_counter()
    parts_of(name)
    assert time.perf_counter() - start < 0.2


def test_the_region_of_reports_adds_what_a_name_leaves_out() -> None:
    parts = parts_of("城关镇人民政府")
    assert contradict(parts.within("甲山县"), parts_of("乙水县城关镇人民政府"))
    assert extends(parts.within("乙水县"), parts_of("乙水县城关镇人民政府"))
    assert parts.within(None) == parts


def alike(*names: str, years: dict[str, set[int]] | None = None, regions: dict[str, str] | None = None) -> list[Like]:
    """The likenesses among some names, the likeliest first."""
    some = [
        _named(at, name, (years or {}).get(name, set()), (regions or {}).get(name)) for at, name in enumerate(names)
    ]
    places: dict[str, list[Named]] = {}
    offices: dict[str, set[str]] = {}
    for one in some:
        places.setdefault(one.parts.place, []).append(one)
        offices.setdefault(one.parts.office, set()).add(one.parts.place)
    near = near_places(places, {place: len(group) for place, group in places.items()})
    known = Known(places, {office: len(where) for office, where in offices.items()}, near)
    return sorted(likenesses(some, known), key=lambda one: -one.score)


def _named(number: int, name: str, years: set[int], region: str | None) -> Named:
    parts = parts_of(name)
    return Named(number, parts, parts.within(region), frozenset(years))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("北河县人民政府办公室", "北河縣政府辦", "spelling"),
        ("江口市水务局（本级）", "江口市水务局", "spelling"),
        ("松江市发展和改革委员会", "松江市发展改革委员会", "spelling"),
        ("湖北省松江市北河县教育局", "北河县教育局", "prefix"),
        ("北河县松江口镇人民政府", "松江口镇", "prefix"),
        ("随州市广水市财政局", "广水市财政局", "prefix"),
        ("江宁市人社局", "江宁市人力资源和社会保障局", "short"),
        ("江宁市住建局", "江宁市住房和城乡建设局", "short"),
        ("北河县发改委", "北河县发展和改革委员会", "short"),
        ("北河县综合行政执法局", "北河县综合行攻执法局", "typo_office"),
    ],
)
def test_names_of_one_body_are_suggested(one: str, other: str, why: str) -> None:
    [found] = alike(one, other)
    assert (found.one, found.other, found.why) == (0, 1, why)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北河县教育局", "南河县教育局"),
        ("北河县教育局", "北河县体育局"),
        ("甲山市北河县教育局", "乙山市北河县教育局"),
        ("松江市第一中学", "松江市第二中学"),
        ("松江市城东街道办事处", "松江市城西街道办事处"),
        ("北河县教育局", "教育局"),
        ("北河县人民政府", "北河县人民政府办公室"),
        ("松江市", "松江市北河县"),
    ],
)
def test_other_bodies_are_not(one: str, other: str) -> None:
    assert alike(one, other) == []


def test_a_slip_in_a_place_is_told_by_its_being_the_only_one() -> None:
    known = ["松江口镇人民政府", "北河县松江口镇人民政府"]
    assert [one.why for one in alike(*known, "松江囗镇人民政府")] == ["prefix", "typo_place", "typo_place"]
    both = ("松江囗镇人民政府", "北河县松江囗镇人民政府")
    assert [one.why for one in alike(*known, *both)] == ["prefix", "prefix"]


def test_offices_known_from_elsewhere_are_two() -> None:
    counties = ("甲山县", "乙山县", "丙山县")
    offices = [f"{county}{office}" for county in counties for office in ("教育体育局", "教育休育局")]
    assert alike(*offices) == []
    assert [one.why for one in alike(*offices[::2], offices[1])] == ["typo_office"]


def test_a_name_that_several_bodies_could_be_is_less_likely_each() -> None:
    full = [f"{county}城关镇人民政府" for county in ("甲山县", "乙水县", "丙泉县", "丁河县")]
    unsure = alike("城关镇人民政府", *full[:2])
    assert [one.score for one in unsure] == [750, 750]
    assert alike("城关镇人民政府", *full) == []
    [told] = alike("城关镇人民政府", *full, regions={"城关镇人民政府": "乙水县"})
    assert (told.one, told.other) == (0, 2)


def test_reports_of_the_same_year_make_two_bodies_likelier() -> None:
    names = ("江宁市教育局", "江宁市教育体育局")
    [apart] = alike(*names, years={names[0]: {2021}, names[1]: {2022}})
    [same] = alike(*names, years={names[0]: {2021}, names[1]: {2021}})
    assert same.score < apart.score
