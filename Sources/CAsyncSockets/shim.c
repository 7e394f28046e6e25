#include "CAsyncSockets.h"
