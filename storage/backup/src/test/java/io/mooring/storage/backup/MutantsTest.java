package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scenarios and stories notice mistakes: each mutant fails one of them. */
class MutantsTest {

  private static final int STORIES_MAX = 60;

  @ParameterizedTest
  @EnumSource
  void noMutantSurvives(Mutant mutant) throws Exception {
    assertThat(storiesToKill(mutant)).as("stories until %s failed", mutant).isPositive();
  }

  /** Number of the story that failed, 1 if a scenario did, 0 if none did. */
  static int storiesToKill(Mutant mutant) throws Exception {
    MutantLoader loader = new MutantLoader(mutant);
    Method scenarios =
        loader.loadClass(WriterScenarios.class.getName()).getDeclaredMethod("runAll");
    scenarios.setAccessible(true);
    try {
      scenarios.invoke(null);
    } catch (InvocationTargetException e) {
      return 1;
    }
    Class<?> story = loader.loadClass(BackupStory.class.getName());
    Constructor<?> constructor = story.getDeclaredConstructor(long.class);
    Method run = story.getDeclaredMethod("run");
    constructor.setAccessible(true);
    run.setAccessible(true);
    for (long seed = 1; seed <= STORIES_MAX; seed++) {
      try {
        run.invoke(constructor.newInstance(seed));
      } catch (InvocationTargetException e) {
        return (int) seed;
      }
    }
    return 0;
  }
}
