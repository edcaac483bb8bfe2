"""How far a long work is: told to whoever asks, in the order of the work, and to nobody else."""

from papernets.watch import told_to, watched


def test_nobody_asks_and_the_items_are_as_they_were():
    assert list(watched("abc", "letters", 3)) == ["a", "b", "c"]


def test_who_asks_is_told_of_each_item():
    told = []
    with told_to(lambda *what: told.append(what)):
        assert list(watched(range(0, 10, 4), "pictures", 10, 4)) == [0, 4, 8]
    assert told == [("pictures", 4, 10), ("pictures", 8, 10), ("pictures", 10, 10)]
    list(watched("ab", "letters", 2))
    assert len(told) == 3, "nobody is told any more"


def test_the_inner_one_is_told_and_then_the_outer_one_again():
    outer, inner = [], []
    with told_to(lambda *what: outer.append(what)):
        with told_to(lambda *what: inner.append(what)):
            list(watched("a", "x", 1))
        list(watched("b", "y", 1))
    assert (inner, outer) == ([("x", 1, 1)], [("y", 1, 1)])


def test_what_is_watched_tells_while_pictures_are_read_and_answered(trained, tmp_path):
    from PIL import Image

    from papernets.bundle.load import load_bundle
    from papernets.evaluate.pictures import open_pictures
    from papernets.evaluate.report import report

    for name in ("0", "1"):
        (tmp_path / name).mkdir()
        for at in range(3):
            picture = Image.new("L", (28, 28), 255)
            picture.paste(0, (10 + at, 4, 14 + at, 24))
            picture.save(tmp_path / name / f"{at}.png")
    told = []
    bundle = load_bundle(trained)
    with told_to(lambda *what: told.append(what)):
        report(bundle, open_pictures(bundle, str(tmp_path)), batch=4)
    read = [done for what, done, total in told if (what, total) == ("pictures read", 6)]
    answered = [done for what, done, total in told if (what, total) == ("pictures answered", 6)]
    assert read == [1, 2, 3, 4, 5, 6] and answered == [4, 6]
