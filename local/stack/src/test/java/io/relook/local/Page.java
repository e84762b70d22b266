package io.relook.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * What the checks need of a page in Markdown.
 *
 * @param file the page
 * @param lines number of its lines
 * @param anchors places that a link may name, as GitHub names them
 * @param links destinations of links and images
 * @param codes code in running text and tables
 * @param blocks fenced code blocks; the line is that of the fence
 */
record Page(
    Path file,
    int lines,
    Set<String> anchors,
    List<Found> links,
    List<Found> codes,
    List<Found> blocks) {
  private static final Pattern ID = Pattern.compile("<a id=\"([^\"]+)\">");
  private static final Parser PARSER =
      Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES).build();

  /**
   * A text of the page.
   *
   * @param line where it begins, from 1
   */
  record Found(String text, int line) {}

  static Page read(Path file) throws IOException {
    String text = Files.readString(file);
    Collector collector = new Collector();
    PARSER.parse(text).accept(collector);
    return new Page(
        file,
        (int) text.lines().count(),
        collector.anchors,
        collector.links,
        collector.codes,
        collector.blocks);
  }

  /** The anchor of a heading, as GitHub makes it. */
  static String slug(String heading) {
    return heading
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}\\p{Mn}_\\- ]", "")
        .replace(' ', '-');
  }

  private static final class Collector extends AbstractVisitor {
    private final Set<String> anchors = new LinkedHashSet<>();
    private final List<Found> links = new ArrayList<>();
    private final List<Found> codes = new ArrayList<>();
    private final List<Found> blocks = new ArrayList<>();

    @Override
    public void visit(Heading heading) {
      String slug = slug(textOf(heading));
      String anchor = slug;
      for (int again = 1; !anchors.add(anchor); again++) {
        anchor = slug + "-" + again;
      }
      visitChildren(heading);
    }

    @Override
    public void visit(Link link) {
      links.add(new Found(link.getDestination(), line(link)));
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      links.add(new Found(image.getDestination(), line(image)));
      visitChildren(image);
    }

    @Override
    public void visit(Code code) {
      codes.add(new Found(code.getLiteral(), line(code)));
    }

    @Override
    public void visit(FencedCodeBlock block) {
      blocks.add(new Found(block.getLiteral(), line(block)));
    }

    @Override
    public void visit(HtmlInline html) {
      ids(html.getLiteral());
    }

    @Override
    public void visit(HtmlBlock html) {
      ids(html.getLiteral());
    }

    private void ids(String html) {
      for (Matcher id = ID.matcher(html); id.find(); ) {
        anchors.add(id.group(1));
      }
    }

    private static int line(Node node) {
      return node.getSourceSpans().get(0).getLineIndex() + 1;
    }

    private static String textOf(Node node) {
      StringBuilder text = new StringBuilder();
      node.accept(
          new AbstractVisitor() {
            @Override
            public void visit(Text part) {
              text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
              text.append(part.getLiteral());
            }
          });
      return text.toString();
    }
  }
}
