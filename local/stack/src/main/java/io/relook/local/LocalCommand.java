package io.relook.local;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook local}. */
@Command(
    name = "local",
    mixinStandardHelpOptions = true,
    description = {
      "Runs broker, S3 server, Flink and the job on this machine until it is stopped.",
      "Started again on the same directory it continues where it stopped, also after kill -9."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook local --data ~/relook",
      "  relook --help",
      "  relook project create --project parts --config ~/relook/relook.properties"
    })
final class LocalCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".relook/local",
      description = "Directory for everything that is kept; default ${DEFAULT-VALUE}.")
  private Path data = Path.of(".relook/local");

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Port of the broker on 127.0.0.1, 0 for a free one; default ${DEFAULT-VALUE}.")
  private int kafkaPort;

  @Option(
      names = "--s3-port",
      paramLabel = "PORT",
      defaultValue = "9000",
      description =
          "Port of the S3 server on 127.0.0.1, 0 for a free one; default ${DEFAULT-VALUE}.")
  private int s3Port;

  @Option(
      names = "--ui-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description =
          "Port of Flink's web UI on 127.0.0.1, 0 for a free one; default ${DEFAULT-VALUE}.")
  private int uiPort;

  @Option(names = "--debug", description = "Print stack traces of failures.")
  private boolean debug;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Progress progress = new Progress(out);
    LocalStack stack =
        LocalStack.start(data, new LocalStack.Ports(kafkaPort, s3Port, uiPort), progress::step);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stack.stop(progress::step);
                  progress.end();
                  stopped.countDown();
                },
                "relook-stop"));
    progress.end();
    out.println();
    out.println(
        (stack.resumed() ? "relook continues where it stopped." : "relook runs.")
            + " Ctrl-C stops it; nothing is lost.");
    out.println();
    out.println("  Kafka      " + stack.settings().kafka().bootstrapServers());
    out.println("  S3         " + stack.s3Endpoint() + "  (buckets relook, models)");
    out.println("  Flink UI   " + stack.webUi());
    out.println("  Data       " + data.toAbsolutePath().normalize());
    out.println();
    out.println("In another terminal:");
    out.println();
    out.println("  export AWS_SHARED_CREDENTIALS_FILE=" + stack.credentialsFile());
    String config = " --config " + stack.configFile();
    out.println("  ./relook project create --project parts" + config);
    out.println("  ./relook images send --project parts PICTURES" + config);
    out.println(
        "  ./relook model create --project parts --output s3://models/parts/ --wait" + config);
    out.flush();
    stopped.await();
    return 0;
  }
}
