package io.mooring.storage.linux;

import java.nio.file.Path;

/**
 * One line of {@code /proc/self/mountinfo}.
 *
 * @param root the directory inside the file system that is visible at the target; anything but
 *     {@code /} tells a bind mount of a part of it
 */
public record Mount(Path target, String source, String type, String root, String options) {

  /** Parses a line; its fields are described in proc_pid_mountinfo(5). */
  static Mount parse(String line) {
    // Optional fields of varying number end with a lone hyphen.
    int separator = line.indexOf(" - ");
    String[] front = line.substring(0, separator).split(" ");
    String[] back = line.substring(separator + 3).split(" ");
    return new Mount(
        Path.of(unescape(front[4])), unescape(back[1]), back[0], unescape(front[3]), front[5]);
  }

  public boolean isReadOnly() {
    return options.equals("ro") || options.startsWith("ro,");
  }

  /** The kernel writes space, tab, newline and backslash as a backslash and three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder plain = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\') {
        plain.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
