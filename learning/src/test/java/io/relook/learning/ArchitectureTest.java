package io.relook.learning;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import org.junit.jupiter.api.Test;

/** The order of the packages. */
class ArchitectureTest {
  private static final JavaClasses MAIN = imported();

  @Test
  void theClassesAreThere() {
    assertThat(MAIN).anyMatch(main -> main.getSimpleName().equals("Trainer"));
    assertThat(MAIN).noneMatch(main -> main.getSimpleName().endsWith("Test"));
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("io.relook.(**)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void onlyTrainingSeesTheWholePipeline() {
    classes()
        .that()
        .resideInAPackage("io.relook.learning.training..")
        .should()
        .onlyHaveDependentClassesThat()
        .resideInAPackage("io.relook.learning.training..")
        .because("the pipeline is composed in one place")
        .check(MAIN);
  }

  private static JavaClasses imported() {
    // No class of a library is read: the rules ask about this module's classes only.
    ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
    ArchConfiguration.get().setClassResolverArguments("io.relook.learning");
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("io.relook.learning");
  }
}
