package io.relook.embedded;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import org.junit.jupiter.api.Test;

/** No package of this module depends on a package that depends on it. */
class ArchitectureTest {

  @Test
  void packagesAreFreeOfCycles() {
    // Dependencies within the module are enough: no class outside of it is resolved.
    ArchConfiguration.get().setClassResolver(SelectedClassResolverFromClasspath.class);
    JavaClasses main =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.relook.embedded");

    assertThat(main).isNotEmpty();
    slices().matching("io.relook.(**)").should().beFreeOfCycles().check(main);
  }
}
