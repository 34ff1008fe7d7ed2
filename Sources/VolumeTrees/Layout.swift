// SPDX-License-Identifier: Apache-2.0

package import OverlayCore

// What lies in a volumes root (docs/on-disk-format.md has it in full):
//
//     ROOT/NAME/metadata.json        what the volume is; always
//          |    activemounts/ID      one file per use; flock(2) on the directory is the volume's lock
//          |    upper/               what containers wrote; always
//          |    workdir/             while mounted
//          |    mountpoint/          while mounted
//          |    recovered-files.N/   files found in mountpoint/ while nothing was mounted
//          |    .overlayd-trash.N/   set aside, to be emptied
//          |    .overlayd-spare.N/   an upper being made, or the old one just after it was exchanged
//     ROOT/.overlayd-trash.N/        a removed volume, to be emptied
//     ROOT/.overlayd-doubt.N/        a volume being removed that has yet to be proven the right one
//     ROOT/.overlayd-new.N/          a volume being created; its creator holds flock(2) on it

package enum Layout {
    package static let mountpoint = EntryName("mountpoint")
    package static let activemounts = EntryName("activemounts")
    package static let workdir = EntryName("workdir")
    /// What overlayfs makes in a workdir.
    static let work = EntryName("work")
    package static let upper = EntryName("upper")
    package static let metadata = EntryName("metadata.json")
    static let temporaryMetadata = EntryName(".overlayd-metadata.json")
    static let recovered = EntryName("recovered-files.")
    package static let trash = EntryName(".overlayd-trash.")
    static let spare = EntryName(".overlayd-spare.")
    static let doubt = EntryName(".overlayd-doubt.")
    static let staging = EntryName(".overlayd-new.")

    /// Readable for root only: what containers wrote, setuid programs among it, is not for the
    /// host's users to reach.
    static let privateMode: UInt32 = 0o700
    static let commonMode: UInt32 = 0o755
    static let fileMode: UInt32 = 0o644
}
