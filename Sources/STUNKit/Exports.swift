// `import STUNKit` is enough: its API names these types and modules.
@_exported import class AsyncSockets.IOLoopGroup
@_exported import struct AsyncSockets.SocketError
@_exported import IPAddresses
@_exported import STUNMessages
