package io.relook.job;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.Function;
import org.junit.jupiter.api.Test;

/** The borders of the house. */
class ArchitectureTest {
  /** Schemas, learning and job; of each the main classes. */
  private static final JavaClasses OURS = imported();

  /** Where the flow meets Flink; each is a thin shell around a pure class. */
  private static final Set<String> FLINK_EDGES =
      Set.of(
          "TrainingPipeline",
          "TrainerJob",
          "Connections",
          "JobConfig",
          "OptionReader",
          // What the draining operator asks of its step, and how it is made.
          "OrderedStep",
          "ExtractionSettings",
          "ExtractionFactory",
          "RejectionFactory",
          "RemovalFactory",
          "ProbeFactory",
          // What a task learns of its slot, and what slots the job asks for.
          "Accelerator",
          "AcceleratorSettings",
          "GpuSlots");

  /** Packages below all stages. */
  private static final String[] TECHNICAL = {
    "io.relook.job.options",
    "io.relook.job.kafka",
    "io.relook.job.s3",
    "io.relook.job.async",
    "io.relook.job.state",
    "io.relook.job.accelerator",
    "io.relook.job.log"
  };

  @Test
  void theClassesAreThere() {
    assertThat(OURS).anyMatch(ours -> ours.getPackageName().startsWith("io.relook.learning"));
    assertThat(OURS).anyMatch(ours -> ours.getPackageName().startsWith("io.relook.wire"));
  }

  @Test
  void learning() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("io.relook.learning..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.flink..",
                "org.apache.kafka..",
                "software.amazon..",
                "io.relook.job..",
                "io.relook.schemas..",
                "io.relook.wire..")
            .because("learning is pure Java: it trains alike wherever it runs"));
  }

  @Test
  void schemas() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("io.relook.schemas..", "io.relook.wire..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.relook..")
                    .and(
                        DescribedPredicate.not(
                            resideInAPackage("io.relook.schemas..")
                                .or(resideInAPackage("io.relook.wire..")))))
            .because("what crosses the wire must be usable by anyone"));
  }

  @Test
  void job() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("io.relook.job..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.relook.client..",
                "io.relook.embedded..",
                "io.relook.local..",
                "io.relook.gateway..",
                "io.relook.bench..")
            .because("the job is what is deployed; it knows neither who sends nor who deploys"));
  }

  @Test
  void packagesFormNoCycle() {
    holds(
        slices()
            .matching("io.relook.(**)")
            .should()
            .beFreeOfCycles()
            .because("a package is understood without those above it"));
  }

  @Test
  void technicalPartsKnowNoStage() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(TECHNICAL)
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.relook.job..")
                    .and(DescribedPredicate.not(resideInAnyPackage(TECHNICAL))))
            .because("Kafka, S3 and slow work are the same for every stage"));
  }

  @Test
  void theDomainKnowsNoStage() {
    String[] below =
        Stream.concat(Stream.of(TECHNICAL), Stream.of("io.relook.job.domain"))
            .toArray(String[]::new);
    holds(
        noClasses()
            .that()
            .resideInAPackage("io.relook.job.domain")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.relook.job..")
                    .and(DescribedPredicate.not(resideInAnyPackage(below))))
            .because("every stage depends on the domain"));
  }

  @Test
  void objectStore() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("io.relook..")
            .and()
            .resideOutsideOfPackage("io.relook.job.s3..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon..")
            .because("a store is an interface with a fake that passes the same tests"));
  }

  @Test
  void onnxRuntime() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("io.relook..")
            .and()
            .resideOutsideOfPackage("io.relook.learning..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..")
            .because("sessions, providers and their memory are learning's business"));
  }

  @Test
  void flinkStaysAtTheEdges() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("io.relook.job..")
            .and()
            .resideOutsideOfPackages("io.relook.job.kafka..", "io.relook.job.state..")
            .and(describe("are not an edge to Flink", ours -> !isFlinkEdge(ours)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.flink..")
            .because("decisions are pure classes, tested without Flink"));
  }

  @Test
  void decisionsAreAmongThePureClasses() {
    for (String pure :
        Set.of(
            "registry.Registry",
            "registry.ClientTokens",
            "registry.Projects",
            "registry.Datasets",
            "registry.ModelVersions",
            "registry.Retention",
            "importing.ManifestReader",
            "dataset.AlignmentBuffer",
            "dataset.CutAlignment",
            "dataset.Dataset",
            "dataset.DatasetCuts",
            "dataset.ErasureSchedule",
            "dataset.SplitRule",
            "dataset.TrainingPlanner",
            "check.ImageRules",
            "check.ImageReader",
            "check.CommandReader",
            "rejection.RejectionRecords",
            "training.TrainingManifest",
            "publication.EvaluationFiles")) {
      assertThat(isFlinkEdge(OURS.get("io.relook.job." + pure))).as(pure).isFalse();
    }
  }

  @Test
  void functionsAreNamedAfterWhatTheyAre() {
    holds(
        classes()
            .that()
            .areAssignableTo(Function.class)
            .and()
            .resideInAPackage("io.relook.job..")
            .and()
            .areNotInterfaces()
            .should()
            .haveSimpleNameEndingWith("Function")
            .because("its name tells a thin shell from a decision"));
  }

  @Test
  void timeIdsAndRandomnessComeFromOutside() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("io.relook.job..", "io.relook.learning..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callMethod(Math.class, "random")
            .because("a replay must decide alike, and a seed must give the same model"));
  }

  @Test
  void noRuleAnswersYesToEverything() {
    ArchRule wrong =
        noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.flink..");

    assertThat(wrong.evaluate(OURS).hasViolation()).isTrue();
  }

  private static JavaClasses imported() {
    // Of other people's classes only those are read that ours can inherit from and rules ask about.
    ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
    ArchConfiguration.get()
        .setClassResolverArguments(
            "org.apache.flink.api.common.functions", "org.apache.flink.streaming.api.functions");
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages(
            "io.relook.wire", "io.relook.schemas", "io.relook.learning", "io.relook.job");
  }

  private static boolean isFlinkEdge(JavaClass ours) {
    String name = topLevel(ours).getSimpleName();
    return FLINK_EDGES.contains(name)
        || name.endsWith("Function")
        || name.endsWith("Metrics")
        // Definitions of options, and decisions' view of keyed state.
        || name.endsWith("Options")
        || name.startsWith("Keyed")
        || name.contains("Operator")
        || name.endsWith("OperatorFactory");
  }

  private static JavaClass topLevel(JavaClass nested) {
    return nested.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(nested);
  }

  private static void holds(ArchRule rule) {
    rule.check(OURS);
  }
}
