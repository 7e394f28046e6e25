// `import DERPKit` is enough: its API names these types.
@_exported import class AsyncSockets.IOLoopGroup
@_exported import struct AsyncSockets.SocketError
@_exported import IPAddresses
