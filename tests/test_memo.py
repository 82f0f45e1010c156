"""What was made of the same values is taken over, and of others it is made anew."""

from dataclasses import dataclass

from cardwright.memo import Again, Each


@dataclass(frozen=True)
class Value:
    number: int


def test_each_is_made_once_as_long_as_it_is_the_same_object() -> None:
    made: list[tuple[int, int]] = []

    def make(value: Value, add: int) -> int:
        made.append((value.number, add))
        return value.number + add

    each = Each(make)
    one, two = Value(1), Value(2)
    assert each([one, two, one], 1) == [2, 3, 2]
    made.clear()
    assert (each([two, one], 1), made) == ([3, 2], [])
    assert (each([two, Value(1)], 1), made) == ([3, 2], [(1, 1)])
    made.clear()
    assert (each([two], 5), made) == ([7], [(2, 5)]), "what else it needs is another"
    assert each([Value(number) for number in range(100)], 5) == [number + 5 for number in range(100)]
    assert each([Value(number) for number in range(100, 200)], 5) == [number + 5 for number in range(100, 200)]


def test_again_gives_what_it_gave_to_equal_values_of_one_key() -> None:
    made: list[tuple[str, tuple[Value, ...]]] = []

    def make(name: str, values: tuple[Value, ...], /) -> int:
        made.append((name, values))
        return len(made)

    again = Again(make, key=lambda name, values: name)
    assert again("a", (Value(1),)) == 1
    assert again("b", (Value(1),)) == 2
    assert (again("a", (Value(1),)), again("b", (Value(1),))) == (1, 2)
    assert again("a", (Value(2),)) == 3
    assert again("a", (Value(1),)) == 4, "only the last is kept"
    assert len(made) == 4
