from slugs.slug import slugify


def test_words_are_joined_by_hyphens():
    assert slugify("Hello, World") == "hello-world"


def test_accents_are_dropped():
    assert slugify("Café au lait") == "cafe-au-lait"


def test_a_long_title_is_cut_at_a_word():
    assert slugify("one two three", max_length=9) == "one-two"


def test_a_long_word_is_cut_to_the_length():
    assert slugify("incomprehensibilities", max_length=9) == "incompreh"


def test_a_title_of_exactly_the_length_is_kept():
    assert slugify("abc def", max_length=7) == "abc-def"
