package io.mooring.localcluster.report;

import java.util.ArrayList;
import java.util.List;

/** A table for the terminal: columns as wide as their widest cell. */
public final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    rows.add(List.of(header));
  }

  public TextTable row(Object... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      row.add(cell.toString());
    }
    if (row.size() != rows.getFirst().size()) {
      throw new IllegalArgumentException("row has " + row.size() + " cells: " + row);
    }
    rows.add(row);
    return this;
  }

  /** Rows below the header, as given. */
  public List<List<String>> rows() {
    return rows.subList(1, rows.size());
  }

  public List<String> header() {
    return rows.getFirst();
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        boolean last = i == widths.length - 1;
        text.append(row.get(i)).append(last ? "" : " ".repeat(widths[i] - row.get(i).length() + 2));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
