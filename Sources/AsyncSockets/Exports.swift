// The types with which every socket is opened.
@_exported import IPAddresses
