package io.mooring.storage.linux;

/** The file systems a volume can carry. */
public enum FilesystemType {
  EXT4("ext4"),
  XFS("xfs");

  private final String kernelName;

  FilesystemType(String kernelName) {
    this.kernelName = kernelName;
  }

  /** As mount(2) takes it. */
  public String kernelName() {
    return kernelName;
  }
}
