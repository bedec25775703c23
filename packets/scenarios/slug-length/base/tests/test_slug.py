from slugs.slug import slugify


def test_words_are_joined_by_hyphens():
    assert slugify("Hello, World") == "hello-world"


def test_accents_are_dropped():
    assert slugify("Café au lait") == "cafe-au-lait"
