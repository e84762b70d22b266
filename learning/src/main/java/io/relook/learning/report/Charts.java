package io.relook.learning.report;

import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.evaluation.OperatingPoint;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.None;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Charts as SVG elements for a page. Their colours are the page's custom properties, so they follow
 * its theme: the chart library draws with placeholder colours, which are replaced in its output.
 */
final class Charts {

  /** Bars of the histogram. */
  static final int BINS = 20;

  private static final int WIDTH = 600;
  private static final int HEIGHT = 320;

  private static final Color INK = new Color(1, 2, 3);
  private static final Color GRID = new Color(4, 5, 6);
  private static final Color GOOD = new Color(7, 8, 9);
  private static final Color ANOMALOUS = new Color(10, 11, 12);
  private static final Color MARK = new Color(13, 14, 15);
  private static final Color CLEAR = new Color(0, 0, 0, 0);

  private static final Map<Color, String> PROPERTIES =
      Map.of(INK, "--muted", GRID, "--line", GOOD, "--good", ANOMALOUS, "--bad", MARK, "--ink");

  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private Charts() {}

  /** The scores of good and anomalous pictures as two histograms, with the threshold. */
  static String histogram(List<ImageScore> scores, double threshold) {
    XYChart chart = chart("Score", "Pictures");
    XYStyler style = chart.getStyler();
    style.setXAxisMin(0.0);
    style.setXAxisMax(1.0);
    style.setYAxisMin(0.0);
    style.setYAxisDecimalPattern("0");
    style.setLegendPosition(LegendPosition.OutsideS);
    style.setLegendLayout(LegendLayout.Horizontal);
    add(chart, "labelled good", counts(scores, false), GOOD);
    add(chart, "labelled defective", counts(scores, true), ANOMALOUS);
    style.setAnnotationLineColor(MARK);
    style.setAnnotationLineStroke(
        new BasicStroke(
            2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10f, new float[] {6f, 4f}, 0f));
    chart.addAnnotation(new AnnotationLine(threshold, true, false));
    return svg(chart, "histogram", "How the scores of the test pictures are spread");
  }

  /** Precision over recall for every threshold, and for the model's own. */
  static String precisionRecall(List<OperatingPoint> points, Evaluation at) {
    XYChart chart = chart("Recall: share of defects found", "Precision");
    XYStyler style = chart.getStyler();
    style.setXAxisMin(0.0);
    style.setXAxisMax(1.0);
    style.setYAxisMin(0.0);
    style.setYAxisMax(1.0);
    style.setLegendPosition(LegendPosition.OutsideS);
    style.setLegendLayout(LegendLayout.Horizontal);
    List<Double> recall = new ArrayList<>();
    List<Double> precision = new ArrayList<>();
    recall.add(0.0);
    precision.add(points.get(0).precision());
    for (OperatingPoint point : points) {
      recall.add(point.recall());
      precision.add(point.precision());
    }
    XYSeries curve = chart.addSeries("every threshold", recall, precision);
    curve.setLineColor(ANOMALOUS);
    curve.setLineWidth(2.5f);
    curve.setMarker(new None());
    XYSeries own =
        chart.addSeries(
            "this model's threshold", new double[] {at.recall()}, new double[] {at.precision()});
    own.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    own.setMarker(SeriesMarkers.CIRCLE);
    own.setMarkerColor(MARK);
    return svg(chart, "precision-recall", "Precision over recall");
  }

  private static XYChart chart(String x, String y) {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(x).yAxisTitle(y).build();
    XYStyler style = chart.getStyler();
    style.setLocale(Locale.ROOT);
    style.setDecimalPattern("0.##");
    style.setAntiAlias(true);
    style.setChartBackgroundColor(CLEAR);
    style.setPlotBackgroundColor(CLEAR);
    style.setLegendBackgroundColor(CLEAR);
    style.setLegendBorderColor(CLEAR);
    style.setPlotBorderVisible(false);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridVerticalLinesVisible(false);
    style.setPlotGridLinesStroke(new BasicStroke(1f));
    style.setAxisTickMarksColor(GRID);
    style.setAxisTickLabelsColor(INK);
    style.setChartFontColor(INK);
    style.setXAxisTitleColor(INK);
    style.setYAxisTitleColor(INK);
    style.setAxisTickLabelsFont(SMALL);
    style.setAxisTitleFont(SMALL);
    style.setLegendFont(SMALL);
    style.setMarkerSize(12);
    style.setChartPadding(4);
    style.setChartTitleVisible(false);
    return chart;
  }

  private static void add(XYChart chart, String name, int[] counts, Color color) {
    double[] x = new double[BINS + 1];
    double[] y = new double[BINS + 1];
    for (int i = 0; i <= BINS; i++) {
      x[i] = (double) i / BINS;
      y[i] = i < BINS ? counts[i] : 0;
    }
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.StepArea);
    series.setMarker(new None());
    series.setLineColor(color);
    series.setLineWidth(2f);
    series.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 90));
  }

  private static int[] counts(List<ImageScore> scores, boolean anomalous) {
    int[] counts = new int[BINS];
    for (ImageScore score : scores) {
      if (score.anomalous() == anomalous) {
        counts[Math.min(BINS - 1, (int) (score.score() * BINS))]++;
      }
    }
    return counts;
  }

  private static String svg(XYChart chart, String id, String title) {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document());
    // Two charts in one page must not share identifiers.
    context.setIDGenerator(
        new SVGIDGenerator() {
          private int next;

          @Override
          public String generateID(String prefix) {
            return id + "-" + prefix + next++;
          }
        });
    context.setComment("");
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    chart.paint((Graphics2D) graphics, WIDTH, HEIGHT);
    StringWriter text = new StringWriter();
    try {
      graphics.stream(text, true);
    } catch (IOException e) {
      throw new UncheckedIOException("A chart could not be written to memory.", e);
    }
    String svg = text.toString();
    int body = svg.indexOf('>', svg.indexOf("<svg")) + 1;
    StringBuilder page = new StringBuilder();
    page.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT);
    page.append("\" role=\"img\" aria-label=\"").append(title).append("\">");
    String drawn = svg.substring(body);
    for (Map.Entry<Color, String> entry : PROPERTIES.entrySet()) {
      Color c = entry.getKey();
      drawn =
          drawn.replace(
              "rgb(%d,%d,%d)".formatted(c.getRed(), c.getGreen(), c.getBlue()),
              "var(" + entry.getValue() + ")");
    }
    return page.append(drawn).toString();
  }

  private static org.w3c.dom.Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("Java's DOM implementation is missing.", e);
    }
  }
}
