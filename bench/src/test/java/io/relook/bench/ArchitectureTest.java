package io.relook.bench;

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
    assertThat(MAIN).anyMatch(main -> main.getSimpleName().equals("AccuracyCommand"));
    assertThat(MAIN).noneMatch(main -> main.getSimpleName().endsWith("Test"));
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("io.relook.(**)").should().beFreeOfCycles().check(MAIN);
  }

  private static JavaClasses imported() {
    // No class of a library is read: the rule asks about this module's classes only.
    ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
    ArchConfiguration.get().setClassResolverArguments("io.relook.bench");
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("io.relook.bench");
  }
}
