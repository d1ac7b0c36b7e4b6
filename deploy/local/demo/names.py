"""Words that generated people and sites are named with."""

from shared.vocabulary.terms import SiteClass

SURNAMES = "陈李黄张梁林吴刘何罗杨王周谢曾郑邓苏钟叶蔡彭卢冯麦关谭潘霍区简莫冼古招欧伍邝温余朱许赵唐曹萧范赖丘汤"
GIVEN = "家伟志强嘉欣美玲国华建明晓雯俊杰丽娟永康慧敏文浩淑芬德胜秀英子轩雅婷海波少芳锦荣桂兰启聪凤仪振邦绮雯耀祖咏诗"

SITE_WORDS = (
    "和兴",
    "明珠",
    "东方",
    "锦绣",
    "福安",
    "凤凰",
    "长青",
    "金茂",
    "荔苑",
    "越华",
    "云山",
    "珠江",
    "南天",
    "华景",
    "翠园",
    "广发",
    "骏逸",
    "丰泽",
    "宝盛",
    "泰和",
)

SITE_KINDS: dict[SiteClass, tuple[str, ...]] = {
    SiteClass.A: ("变电站", "自来水厂", "广播发射站", "客运枢纽", "燃气门站", "金库", "通信机房"),
    SiteClass.B: ("购物广场", "农贸市场", "医院", "影城", "公园", "美食城", "体育馆", "步行街"),
    SiteClass.C: ("小学", "中学", "写字楼", "科技园", "物流园", "酒店", "工业园", "幼儿园"),
    SiteClass.D: ("社区", "新村", "花园", "苑", "村", "大院"),
}
"""What a site of each class may be."""
