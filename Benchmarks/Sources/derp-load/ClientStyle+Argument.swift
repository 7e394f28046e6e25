import ArgumentParser
import LoadKit

extension ClientStyle: ExpressibleByArgument {}
