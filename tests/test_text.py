"""Folding: one character for one, and nothing left to fold."""

from hypothesis import given
from hypothesis import strategies as st

from extractor.text import fold

ODD = "（１２）資訊　公開\u00a0“乾”—①豈⾧⻓𠮷\u200b一二ab"


def test_forms_of_characters_in_print() -> None:
    assert fold("⻓⾧長長") == "长长长长"
    assert fold("⺠⻔⻆⻚") == "民门角页"


def test_traditional_pages_of_many_characters() -> None:
    assert fold(
        "資訊公開機關領導學習條例廳處縣鄉鎮區國務院辦總監審計衛農業環護傳統計劃財產勞動標準檔館組織宣傳調實際應" * 3
    ) == ("资讯公开机关领导学习条例厅处县乡镇区国务院办总监审计卫农业环护传统计划财产劳动标准档馆组织宣传调实际应" * 3)


@given(st.text(alphabet=ODD, max_size=60))
def test_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert folded == "".join(map(fold, text))
