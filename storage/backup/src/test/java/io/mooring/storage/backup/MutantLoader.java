package io.mooring.storage.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Loads this package's classes afresh, with one of them changed. */
final class MutantLoader extends ClassLoader {

  private static final Path SOURCES = Path.of("src/main/java/io/mooring/storage/backup");

  private final Map<String, ByteArrayOutputStream> compiled = new HashMap<>();

  MutantLoader(Mutant mutant) throws IOException {
    super(MutantLoader.class.getClassLoader());
    compile(mutant);
  }

  private void compile(Mutant mutant) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<JavaFileObject> sources = new ArrayList<>();
    try (Stream<Path> walk = Files.list(SOURCES)) {
      for (Path file : walk.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        boolean changed = file.endsWith(mutant.type() + ".java");
        sources.add(new Source(file, changed ? mutant.apply(text) : text));
      }
    }
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      if (!compiler
          .getTask(null, new ToMemory(files), null, List.of("-proc:none", "-nowarn"), null, sources)
          .call()) {
        throw new IllegalStateException(mutant + " does not compile");
      }
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && belongsHere(name)) {
        byte[] bytes = bytes(name);
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  /** The package itself, tests included, but not the packages below it. */
  private static boolean belongsHere(String name) {
    String own = MutantLoader.class.getPackageName() + ".";
    return name.startsWith(own) && name.indexOf('.', own.length()) < 0;
  }

  private byte[] bytes(String name) throws ClassNotFoundException {
    if (compiled.containsKey(name)) {
      return compiled.get(name).toByteArray();
    }
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(Path file, String text) {
      super(file.toUri(), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private final class ToMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    ToMemory(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String name,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          compiled.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}
