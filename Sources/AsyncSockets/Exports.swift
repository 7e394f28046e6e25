// The types that every socket is opened with.
@_exported import IPAddresses
