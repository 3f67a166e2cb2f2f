"""Invented bodies of every level, with the forms of their names."""

from dataclasses import dataclass
from random import Random

PROVINCES = ("岭海省", "云川省", "江原省", "朔宁省")
CITIES = ("澜川", "岳宁", "栖霖", "沅溪", "岚州", "颐安", "霁阳", "泓源", "璟江", "珩川", "筠阳", "沐州")
COUNTIES = ("云麓", "沐泽", "桐溪", "碧塘", "青珂", "松砚", "汀南", "柏亭", "槐荫岭", "茗湾", "枫桥铺", "湖岸")
TOWNS = ("石榴坪", "白鹭", "双溪桥", "红枫", "金穗", "柳林", "清泉", "望江", "下渡口", "青石", "大槐树", "三里河")
BUREAUS = (
    ("教育局", ""),
    ("财政局", ""),
    ("民政局", ""),
    ("司法局", ""),
    ("审计局", ""),
    ("水利局", ""),
    ("统计局", ""),
    ("商务局", ""),
    ("应急管理局", ""),
    ("城市管理局", "城管局"),
    ("医疗保障局", "医保局"),
    ("农业农村局", ""),
    ("交通运输局", ""),
    ("市场监督管理局", "市场监管局"),
    ("人力资源和社会保障局", "人社局"),
    ("自然资源和规划局", "资规局"),
    ("住房和城乡建设局", "住建局"),
    ("文化广电和旅游局", "文旅局"),
    ("卫生健康委员会", "卫健委"),
    ("发展和改革委员会", "发改委"),
    ("退役军人事务局", ""),
    ("政务服务和数字化局", "政数局"),
)
MINISTRIES = ("国家湿地与海岸管理局", "国家山地保护局", "国家航道管理局", "国家种业发展局", "国家公共档案局")
OFFICES = ("教育厅", "财政厅", "水利厅", "商务厅", "审计厅", "交通运输厅", "农业农村厅", "人力资源和社会保障厅")


@dataclass(frozen=True)
class Body:
    """A reporting body: its forms of name from full to short, what it calls itself, and what lies around it."""

    full: str
    shorter: tuple[str, ...]
    own: str
    level: str
    makes_regulations: bool
    around: str
    site: str


def invented_body(rng: Random) -> Body:
    """A body of a random level."""
    high = (_ministry, _province, _office, _city)
    low = (_county, _county, _bureau, _bureau, _bureau, _town, _street, _street)
    return rng.choice((*high, *low))(rng)


def _ministry(rng: Random) -> Body:
    name = rng.choice(MINISTRIES)
    return Body(name, (), "我局", "state", True, "全系统", f"{name}门户网站")


def _province(rng: Random) -> Body:
    name = rng.choice(PROVINCES)
    return Body(f"{name}人民政府", (), "本机关", "province", True, "全省各级行政机关", f"{name}人民政府门户网站")


def _office(rng: Random) -> Body:
    province, office = rng.choice(PROVINCES), rng.choice(OFFICES)
    name = f"{province}{office}"
    return Body(name, (), "我厅", "department", False, f"全省{office[:-1]}系统", f"{province}人民政府门户网站")


def _city(rng: Random) -> Body:
    name = rng.choice(CITIES) + "市"
    return Body(f"{name}人民政府", (), "本机关", "city", True, "全市各县区、各部门", f"{name}人民政府门户网站")


def _region(rng: Random) -> tuple[str, str]:
    return rng.choice(CITIES) + "市", rng.choice(COUNTIES) + rng.choice(("区", "区", "县"))


def _county(rng: Random) -> Body:
    city, county = _region(rng)
    around = f"全{county[-1]}各单位"
    full = f"{city}{county}人民政府"
    return Body(full, (f"{county}人民政府",), "本机关", "county", False, around, f"{county}人民政府门户网站")


def _bureau(rng: Random) -> Body:
    city, county = _region(rng)
    bureau, short = rng.choice(BUREAUS)
    our = "我委" if bureau.endswith("委员会") else "我局"
    if rng.random() < 0.4:
        shorter = (f"市{short or bureau}",) if rng.random() < 0.3 else (f"{city}{short}",) * bool(short)
        return Body(f"{city}{bureau}", shorter, our, "department", False, "全市各部门", f"{city}人民政府门户网站")
    shorter = (f"{county}{bureau}",) + (f"{county}{short}",) * bool(short)
    around = f"全{county[-1]}各部门"
    return Body(f"{city}{county}{bureau}", shorter, our, "department", False, around, f"{county}人民政府门户网站")


def _town(rng: Random) -> Body:
    city, county = _region(rng)
    town = rng.choice(TOWNS) + rng.choice(("镇", "镇", "乡"))
    shorter = (f"{county}{town}人民政府", f"{county}{town}", town)
    site = f"{county}人民政府门户网站"
    our, around = f"我{town[-1]}", f"全{county[-1]}各乡镇"
    return Body(f"{city}{county}{town}人民政府", shorter, our, "township", False, around, site)


def _street(rng: Random) -> Body:
    city, county = _region(rng)
    street = rng.choice(TOWNS) + "街道"
    shorter = (f"{county}{street}办事处", f"{county}{street}", street, f"{street}办事处")
    site = f"{county}人民政府门户网站"
    around = f"全{county[-1]}各街道"
    return Body(f"{city}{county}{street}办事处", shorter, "我街道", "township", False, around, site)
