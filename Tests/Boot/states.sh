# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Every tree that a power cut can leave, as a table. The guest reads it with a tree() that makes them, with mkdir
# and mount alone; the host with one that knows what to expect of them after the boot.
#
#   tree NAME mounted|apart STATE OUTCOME 'SCRIPT, run in the volume'
#
# A tree that is `mounted` is so at the moment of the cut. STATE and OUTCOME are the words of the journal and of
# `overlayctl status` before the reset; `untouched` trees get no line, `refused` ones need a person.

tree quiet apart clean untouched ''

# Cut while in use, and on the way there or back.
tree shop mounted lost reset ''
tree mail mounted lost reset 'touch activemounts/use2 activemounts/use3'
tree empty-use mounted lost reset ': >activemounts/use1'
tree unused mounted leftover reset 'rm activemounts/*'
tree growing mounted lost reset ''
tree half-mounted apart leftover reset 'mkdir mountpoint workdir'
tree no-mountpoint apart lost reset 'mkdir -p workdir/work; touch activemounts/use1'
tree only-mountpoint apart leftover reset 'mkdir mountpoint'
tree only-workdir apart leftover reset 'mkdir -p workdir/work'
tree only-uses apart lost reset 'touch activemounts/a activemounts/b'
tree no-activemounts apart leftover reset 'rmdir activemounts'
tree no-activemounts-dirty apart leftover reset 'rmdir activemounts; mkdir -p mountpoint workdir/work'
tree full-workdir apart leftover reset 'mkdir -p workdir/work/deep/er; touch workdir/work/deep/er/file workdir/work/#1'

# Files in the bare mountpoint: they are kept.
tree obstructed apart obstructed reset 'mkdir -p mountpoint/sub; echo precious >mountpoint/file; echo too >mountpoint/sub/.hidden'
tree obstructed-lost apart obstructed reset 'mkdir -p mountpoint workdir/work; echo precious >mountpoint/file; touch activemounts/use1'
tree obstructed-again apart obstructed reset 'mkdir mountpoint recovered-files.1; echo old >recovered-files.1/file; echo new >mountpoint/file'

# Set aside by an earlier reset, not yet removed.
tree with-trash apart clean untouched 'mkdir -p .overlayd-trash.1/work; touch .overlayd-trash.1/work/file'
tree with-trash-dirty apart leftover reset 'mkdir -p .overlayd-trash.1/work workdir/work; touch workdir/work/file'

# These need a person, and nothing in them may change.
tree no-metadata apart damaged refused 'rm metadata.json; mkdir workdir'
tree half-metadata apart damaged refused 'printf "{\"BaseDirPath\":\"/sr" >metadata.json; mkdir workdir'
tree empty-metadata apart damaged refused ': >metadata.json; mkdir mountpoint'
tree no-upper apart damaged refused 'rm -r upper; mkdir mountpoint'
tree linked-workdir apart damaged refused 'ln -s /srv/elsewhere workdir; mkdir mountpoint'
tree linked-mountpoint apart damaged refused 'ln -s /srv/elsewhere mountpoint; mkdir workdir'
tree linked-activemounts apart damaged refused 'rmdir activemounts; ln -s /srv/elsewhere activemounts; mkdir workdir'
tree file-workdir apart damaged refused 'echo mine >workdir; mkdir mountpoint'
tree stray-use apart damaged refused 'mkdir activemounts/directory mountpoint'
tree half-made apart damaged refused 'rm -r activemounts upper metadata.json'
