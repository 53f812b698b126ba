"""Made titles, Chinese and English, whose parts have an order that can be learned."""

from __future__ import annotations

from random import Random

_ENGLISH = (
    ("today", "this morning", "last night", "look,", "finally,"),
    ("a cat", "my dog", "the chef", "a dancer", "our team", "grandma"),
    ("jumps over", "finds", "paints", "breaks", "cooks", "runs from"),
    ("the sofa", "a red ball", "noodles", "an old car", "the window"),
    ("in the rain!", "at home.", "on stage?", "for the first time.", "#funny #pets", "#food #daily"),
)
_CHINESE = (
    ("今天，", "昨晚，", "终于，", "早上好，"),
    ("小猫", "我家狗狗", "厨师", "舞蹈老师", "奶奶"),
    ("跳过了", "找到了", "画了", "做了", "教大家"),
    ("沙发！", "红色的球！", "一碗面。", "广场舞。", "蛋糕。"),
    ("太好笑了 #搞笑", "你学会了吗？", "#美食 #日常", "记得双击哦", "#感谢快手"),
)


def make_titles(count: int, seed: int = 0, variety: int = 6) -> list[str]:
    """`variety` ways, at most, to say each part: the fewer they are, the sooner their order is learned."""
    draw = Random(seed)
    return [make_title(draw, variety) for _ in range(count)]


def make_title(draw: Random, variety: int) -> str:
    english = draw.random() < 0.5
    parts = [draw.choice(part[:variety]) for part in (_ENGLISH if english else _CHINESE)]
    return (" " if english else "").join(parts)
