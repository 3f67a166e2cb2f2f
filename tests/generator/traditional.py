"""Mirror sites in traditional characters: the same report, character by character."""

from dataclasses import replace
from typing import Any

from .dice import Dice
from .report import Draft
from .shapes import Block, Grid, GridCell, Para

SIMPLIFIED = (
    "万与专业个丰为举乡书云亿从们众优会传体余关内写军农决况减划创别办务动区医华协单卫厅历压县参双发号后听"
    "员咨响围国图场坚处备复够头宁实审宾对导将尽层属岗岚岭岳并广应废开强归当录彻径态总户执扫护报据数断无时"
    "晓暂机杂权条来构枫标栏树栖档桥检欢沟没泽浏游湾湿澜点热环现电畅疗监码砚础确种秘稳签类纠红级纳线组织终"
    "经结绕络统继续维综编缴网罚群职联节荫获营补见观规视览计订认让训议记讲许讼设访识诉试话询详请读课调负财"
    "责账质购贯费资趋转载较输过运还这进适邮释针铺镇长门闭问间阅阳阶难霁页项顺预领颐频题额鹭齐"
)
TRADITIONAL = (
    "萬與專業個豐爲舉鄉書雲億從們衆優會傳體餘關內寫軍農決況減劃創別辦務動區醫華協單衛廳歷壓縣參雙發號後聽"
    "員諮響圍國圖場堅處備復夠頭寧實審賓對導將盡層屬崗嵐嶺嶽並廣應廢開強歸當錄徹徑態總戶執掃護報據數斷無時"
    "曉暫機雜權條來構楓標欄樹棲檔橋檢歡溝沒澤瀏遊灣溼瀾點熱環現電暢療監碼硯礎確種祕穩籤類糾紅級納線組織終"
    "經結繞絡統繼續維綜編繳網罰羣職聯節蔭獲營補見觀規視覽計訂認讓訓議記講許訟設訪識訴試話詢詳請讀課調負財"
    "責賬質購貫費資趨轉載較輸過運還這進適郵釋針鋪鎮長門閉問間閱陽階難霽頁項順預領頤頻題額鷺齊"
)
_TABLE = str.maketrans(SIMPLIFIED, TRADITIONAL)


def traditional(text: str) -> str:
    """The text in traditional characters (one for one; those that context decides stay)."""
    return text.translate(_TABLE)


def retold(dice: Dice, draft: Draft) -> Draft:
    """The draft, now and then in traditional characters, the truth with it."""
    if not dice.has("traditional", 0.04):
        return draft
    truth = {key: _deep(value) if key in _WORDS else value for key, value in draft.truth.items()}
    who = replace(draft.who, title=traditional(draft.who.title))
    return replace(draft, blocks=[_block(block) for block in draft.blocks], truth=truth, who=who)


_WORDS = ("title", "title_accepted", "organisation", "narrative", "claims", "forbidden_claims", "notes")


def _deep(value: Any) -> Any:
    if isinstance(value, str):
        return traditional(value)
    if isinstance(value, list):
        return [_deep(one) for one in value]
    return {key: _deep(one) for key, one in value.items()} if isinstance(value, dict) else value


def _block(block: Block) -> Block:
    if isinstance(block, Para):
        return replace(block, text=traditional(block.text))
    return block.mapped(_cell) if isinstance(block, Grid) else block


def _cell(cell: GridCell) -> GridCell:
    return replace(cell, text=traditional(cell.text))
