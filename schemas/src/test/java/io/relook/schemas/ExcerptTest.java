package io.relook.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {
  @Test
  void showsEightyCharacters() {
    assertThat(Excerpt.of("a".repeat(80))).isEqualTo("a".repeat(80));
    assertThat(Excerpt.of("a".repeat(81))).isEqualTo("a".repeat(80) + "…");
  }

  @Test
  void showsAsManyAsAreAskedFor() {
    assertThat(Excerpt.of("abc", 3)).isEqualTo("abc");
    assertThat(Excerpt.of("abc", 2)).isEqualTo("ab…");
    assertThat(Excerpt.of("🙂🙂", 3)).isEqualTo("🙂…");
  }

  @Test
  void leavesNoHalfOfACharacter() {
    assertThat(Excerpt.of("a".repeat(79) + "🙂🙂")).isEqualTo("a".repeat(79) + "…");
  }

  @Test
  void quotesAPresentText() {
    assertThat(Excerpt.quoted("a")).isEqualTo("'a'");
    assertThat(Excerpt.quoted("")).isEqualTo("''");
    assertThat(Excerpt.quoted(null)).isEqualTo("absent");
  }
}
