"""Where a frame lies in the patient, and one frame's pixels in the pixels of another (PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from wado.image.affine import Affine

Vector = tuple[float, float, float]
"""Along the x, y and z axis of the patient, in mm."""


@dataclass(frozen=True, slots=True)
class Plane:
    """`position` is the center of the first pixel; the directions are unit vectors at right angles.

    `row_direction` is where a row runs to, with `column_spacing` from pixel to pixel; `column_direction` is where a
    column runs to, with `row_spacing`. All lengths are mm. `thickness` is 0 where the object does not say.
    """

    frame_of_reference_uid: str
    position: Vector
    row_direction: Vector
    column_direction: Vector
    row_spacing: float
    column_spacing: float
    rows: int
    columns: int
    thickness: float = 0.0

    @property
    def normal(self) -> Vector:
        (a, b, c), (d, e, f) = self.row_direction, self.column_direction
        return b * f - c * e, c * d - a * f, a * e - b * d

    def coordinate_of(self, direction: Vector) -> tuple[float, float, float]:
        """How far along a direction the pixels lie, in mm: per column, per row, and at the corner 0, 0 of the frame."""
        per_column = dot(self.row_direction, direction) * self.column_spacing
        per_row = dot(self.column_direction, direction) * self.row_spacing
        return per_column, per_row, dot(self.position, direction) - (per_column + per_row) / 2

    def range_along(self, direction: Vector) -> tuple[float, float]:
        """The least and the greatest coordinate of a pixel's center."""
        per_column, per_row, corner = self.coordinate_of(direction)
        ends = [
            corner + per_column * column + per_row * row
            for column in (0.5, self.columns - 0.5)
            for row in (0.5, self.rows - 0.5)
        ]
        return min(ends), max(ends)

    def pixels_of(self, other: Plane) -> Affine:
        """From places in this plane's frame to places in the other's, at right angles to the other."""
        columns, rows = self.coordinate_of(other.row_direction), self.coordinate_of(other.column_direction)
        first_column, first_row = (
            dot(other.position, direction) for direction in (other.row_direction, other.column_direction)
        )
        return Affine(
            columns[0] / other.column_spacing,
            columns[1] / other.column_spacing,
            (columns[2] - first_column) / other.column_spacing + 0.5,
            rows[0] / other.row_spacing,
            rows[1] / other.row_spacing,
            (rows[2] - first_row) / other.row_spacing + 0.5,
        )


PARALLEL = 1e-3
"""Sine of the greatest angle between planes that count as parallel: half a millimetre over half a metre."""


def are_parallel(one: Plane, other: Plane) -> bool:
    """Their normals may point in opposite directions."""
    normal = one.normal
    sines = (dot(normal, other.row_direction), dot(normal, other.column_direction))
    return max(map(abs, sines)) < PARALLEL


def dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
