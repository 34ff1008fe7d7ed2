// SPDX-License-Identifier: Apache-2.0
// hello: the start of a C program that loads libsystemd, as most programs of a systemd host do.
// It calls nothing there; run.sh links it so that the loader has to load it all the same.
#include <stdio.h>

int main(void) { return puts("hello") < 0; }
