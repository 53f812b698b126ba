"""People made of a few limbs, good enough to recognise what they do."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

from annotation.demo.canvas import Canvas, Point

SKINS = ("#f0c8a0", "#c68f62", "#8a5a3c", "#e6b48a")


@dataclass(frozen=True)
class Pose:
    """Angles in degrees from hanging straight down, positive to the right; (upper, lower) of each limb."""

    left_arm: tuple[float, float] = (-15, -10)
    right_arm: tuple[float, float] = (15, 10)
    left_leg: tuple[float, float] = (-8, -6)
    right_leg: tuple[float, float] = (8, 6)
    lean: float = 0.0


@dataclass(frozen=True)
class Look:
    """The colours of one person."""

    shirt: str = "#1f6feb"
    trousers: str = "#26324a"
    skin: str = SKINS[0]
    hair: str = "#2b1d14"
    shoes: str = "#f5f5f5"


def running(phase: float, lean: float = 8) -> Pose:
    """One step cycle as `phase` goes from 0 to 1."""
    swing = 42 * sin(2 * 3.1416 * phase)
    return Pose(
        left_arm=(-swing, -swing + 60),
        right_arm=(swing, swing + 60),
        left_leg=(swing, swing - 20 - max(0.0, -swing)),
        right_leg=(-swing, -swing - 20 - max(0.0, swing)),
        lean=lean,
    )


def person(canvas: Canvas, x: float, y: float, height: float, pose: Pose, look: Look, mirrored: bool = False) -> Point:
    """Draw a person whose hips are at (x, y). Returns where the right hand is."""
    flip = -1 if mirrored else 1
    arm, leg, body = 0.2 * height, 0.24 * height, 0.3 * height

    def reach(start: Point, length: float, angle: float) -> Point:
        return start[0] + flip * length * sin(radians(angle)), start[1] + length * cos(radians(angle))

    def bend(start: Point, length: float, angles: tuple[float, float]) -> list[Point]:
        middle = reach(start, length, angles[0])
        return [start, middle, reach(middle, length, angles[1])]

    hips = (x, y)
    neck = reach(hips, -body, -pose.lean)
    for angles, shade in ((pose.left_leg, look.trousers), (pose.right_leg, look.trousers)):
        points = bend(hips, leg, angles)
        canvas.limb(points, shade, 0.09 * height)
        canvas.ellipse(
            points[-1][0] + flip * 0.03 * height,
            points[-1][1] + 0.01 * height,
            0.07 * height,
            0.035 * height,
            look.shoes,
        )
    left = bend(neck, arm, pose.left_arm)
    canvas.limb(left, look.skin, 0.06 * height)
    canvas.limb([hips, neck], look.shirt, 0.19 * height)
    head = reach(neck, -0.16 * height, -pose.lean)
    canvas.limb([neck, head], look.skin, 0.06 * height)
    canvas.circle(head[0] - flip * 0.012 * height, head[1] - 0.016 * height, 0.092 * height, look.hair)
    canvas.circle(head[0] + flip * 0.012 * height, head[1] + 0.012 * height, 0.078 * height, look.skin)
    right = bend(neck, arm, pose.right_arm)
    canvas.limb(right, look.skin, 0.065 * height)
    canvas.limb(right[:2], look.shirt, 0.085 * height)
    canvas.limb(left[:2], look.shirt, 0.075 * height)
    return right[-1]
