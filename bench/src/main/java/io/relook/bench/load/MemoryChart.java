package io.relook.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a run of {@link MemoryCommand}. */
final class MemoryChart {
  private MemoryChart() {}

  static void write(List<MemorySample> samples, Path png) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(360)
            .title("Memory of a task manager")
            .xAxisTitle("images")
            .yAxisTitle("MB")
            .theme(Styler.ChartTheme.XChart)
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setYAxisMin(0.0);
    double[] images = samples.stream().mapToDouble(MemorySample::images).toArray();
    series(chart, "resident", images, samples.stream().mapToDouble(s -> s.residentBytes() / 1e6));
    series(chart, "heap used", images, samples.stream().mapToDouble(s -> s.heapBytes() / 1e6));
    series(chart, "non-heap", images, samples.stream().mapToDouble(s -> s.nonHeapBytes() / 1e6));
    series(chart, "direct", images, samples.stream().mapToDouble(s -> s.directBytes() / 1e6));
    BitmapEncoder.saveBitmap(
        chart, png.toString().replaceFirst("\\.png$", ""), BitmapEncoder.BitmapFormat.PNG);
  }

  private static void series(
      XYChart chart, String name, double[] images, java.util.stream.DoubleStream megabytes) {
    chart.addSeries(name, images, megabytes.toArray()).setMarker(SeriesMarkers.NONE);
  }
}
