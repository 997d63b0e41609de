using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.ServicesState ToWire(this ServicesState state) => new() { Services = { state.Services.Select(ToWire) } };

    public static ServicesState ToDomain(this Wire.ServicesState state) => new() { Services = Map(state.Services, ToDomain) };

    public static Wire.ServiceStatus ToWire(this ServiceStatus service) => new()
    {
        Name = service.Name,
        DisplayName = service.DisplayName,
        State = (Wire.ServiceState)service.State,
        StartType = (Wire.ServiceStartType)service.StartType,
        Account = service.Account,
        StateSince = ToTimestamp(service.StateSince),
        Problem = service.Problem,
    };

    public static ServiceStatus ToDomain(this Wire.ServiceStatus service) => new()
    {
        Name = service.Name,
        DisplayName = service.DisplayName,
        State = ToKnown<ServiceState>((int)service.State),
        StartType = ToKnown<ServiceStartType>((int)service.StartType),
        Account = service.Account,
        StateSince = ToTime(service.StateSince),
        Problem = service.Problem,
    };

    public static Wire.EventsState ToWire(this EventsState state) => new() { Recent = { state.Recent.Select(ToWire) } };

    public static EventsState ToDomain(this Wire.EventsState state) => new() { Recent = Map(state.Recent, ToDomain) };

    public static Wire.WindowsEvent ToWire(this WindowsEvent windowsEvent) => new()
    {
        RecordId = windowsEvent.RecordId,
        LogName = windowsEvent.LogName,
        Provider = windowsEvent.Provider,
        EventId = windowsEvent.EventId,
        Level = (Wire.EventLevel)windowsEvent.Level,
        At = ToTimestamp(windowsEvent.At),
        Message = windowsEvent.Message,
        Subject = windowsEvent.Subject,
        Entered = (Wire.ServiceState)windowsEvent.Entered,
    };

    public static WindowsEvent ToDomain(this Wire.WindowsEvent windowsEvent) => new()
    {
        RecordId = windowsEvent.RecordId,
        LogName = windowsEvent.LogName,
        Provider = windowsEvent.Provider,
        EventId = windowsEvent.EventId,
        Level = ToKnown<EventLevel>((int)windowsEvent.Level),
        At = ToTimeOrDefault(windowsEvent.At),
        Message = windowsEvent.Message,
        Subject = windowsEvent.Subject,
        Entered = ToKnown<ServiceState>((int)windowsEvent.Entered),
    };
}
