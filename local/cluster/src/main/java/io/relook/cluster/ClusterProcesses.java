package io.relook.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the command line and the environment of each process of a cluster. */
final class ClusterProcesses {
  private final Installation installation;
  private final Layout layout;
  private final Ports ports;
  private final FlinkConfig flink;

  ClusterProcesses(Installation installation, Layout layout, Ports ports, FlinkConfig flink) {
    this.installation = installation;
    this.layout = layout;
    this.ports = ports;
    this.flink = flink;
  }

  /** All processes, in the order in which they start. */
  List<ManagedProcess> all() {
    List<ManagedProcess> all = new ArrayList<>();
    String own = installation.classPath();
    all.add(
        process(
            Cluster.ZOOKEEPER,
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            flinkClassPath(),
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
            "--zkConfigFile",
            layout.conf().resolve("zoo.cfg").toString(),
            "--peerId",
            "1"));
    all.add(
        process(
            Cluster.BROKER,
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            own,
            "io.relook.cluster.BrokerProcess",
            layout.data(Cluster.BROKER).toString(),
            Integer.toString(ports.kafka()),
            layout.conf().resolve("kafka.properties").toString()));
    all.add(
        process(
            Cluster.STORE,
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            own,
            "io.relook.cluster.StoreProcess",
            layout.data(Cluster.STORE).toString(),
            Integer.toString(ports.s3()),
            layout.credentials().toString(),
            Cluster.OWN_BUCKET,
            Cluster.MODELS_BUCKET));
    int[] uis = {ports.ui(), ports.standbyUi()};
    for (int i = 0; i < Cluster.JOB_MANAGERS.size(); i++) {
      all.add(jobManager(Cluster.JOB_MANAGERS.get(i), uis[i]));
    }
    Cluster.TASK_MANAGERS.forEach(name -> all.add(taskManager(name)));
    return all;
  }

  private ManagedProcess jobManager(String name, int ui) {
    FlinkConfig.Memory memory = flink.jobManagerMemory();
    List<String> flags = new ArrayList<>(memory.flags());
    flags.addAll(flink.jobManagerJavaOptions());
    // Only known arguments may stand here: from the first unknown one on, Flink's parser ignores
    // all of them, the memory options too.
    List<String> args =
        new ArrayList<>(
            List.of(
                "--configDir",
                layout.conf().toString(),
                "-D",
                "rest.bind-port=" + ui,
                "-D",
                "rest.port=" + ui));
    args.addAll(flinkDirectories(name));
    args.addAll(memory.options());
    return process(
        name,
        flags,
        flinkClassPath(),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        args.toArray(new String[0]));
  }

  private ManagedProcess taskManager(String name) {
    FlinkConfig.Memory memory = flink.taskManagerMemory();
    List<String> flags = new ArrayList<>(memory.flags());
    flags.addAll(flink.taskManagerJavaOptions());
    List<String> args = new ArrayList<>(List.of("--configDir", layout.conf().toString()));
    args.addAll(flinkDirectories(name));
    args.addAll(memory.options());
    return process(
        name,
        flags,
        flinkClassPath(),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        args.toArray(new String[0]));
  }

  private List<String> flinkDirectories(String name) {
    String temporary = layout.temporary(name).toString();
    return List.of("-D", "io.tmp.dirs=" + temporary, "-D", "web.tmpdir=" + temporary);
  }

  private String flinkClassPath() {
    return installation.flinkLib() + "/*";
  }

  private ManagedProcess process(
      String name, List<String> flags, String classPath, String main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(installation.java().toString());
    command.addAll(flags);
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Djava.io.tmpdir=" + layout.temporary(name));
    command.add("-Dlog.file=" + layout.log(name));
    command.add("-Dconsole.log.level=OFF"); // the file has the log
    command.add(
        "-Dlog4j2.configurationFile=" + layout.conf().resolve("log4j-console.properties").toUri());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(args));
    return new ManagedProcess(
        name,
        command,
        Map.of(
            "FLINK_CONF_DIR", layout.conf().toString(),
            "FLINK_LIB_DIR", installation.flinkLib().toString(),
            "AWS_SHARED_CREDENTIALS_FILE", layout.credentials().toString(),
            "AWS_EC2_METADATA_DISABLED", "true",
            // With one arena of glibc per thread, memory that RocksDB and ONNX Runtime free is not
            // used again. Flink's image uses jemalloc instead.
            "MALLOC_ARENA_MAX", "2"),
        layout);
  }
}
