using System.Globalization;
using System.Management;
using System.Runtime.Versioning;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>WMI through System.Management.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsWmi : IWmi
{
    // The caller's token ends the wait; this ends the call itself, so that no thread stays behind a hanging provider.
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);

    public Task<IReadOnlyList<WmiRow>> QueryAsync(string scope, string wql, CancellationToken cancellationToken) =>
        CallAsync($"WMI query in {scope}", () => (IReadOnlyList<WmiRow>)Query(scope, wql, cancellationToken), cancellationToken);

    public Task<WmiRow> GetAsync(string scope, string path, CancellationToken cancellationToken) =>
        CallAsync($"WMI object {path} in {scope}", () => Get(scope, path), cancellationToken);

    public Task<object?> InvokeAsync(
        string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        CallAsync($"WMI method {className}.{method} in {scope}", () => Invoke(scope, className, method, arguments), cancellationToken);

    private static List<WmiRow> Query(string scope, string wql, CancellationToken cancellationToken)
    {
        var options = new System.Management.EnumerationOptions { Timeout = LongestCall, ReturnImmediately = true, Rewindable = false };
        using var searcher = new ManagementObjectSearcher(Connect(scope), new ObjectQuery(wql), options);
        using var found = searcher.Get();
        var rows = new List<WmiRow>();
        foreach (var item in found)
        {
            using (item)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows.Add(Map(item));
            }
        }

        return rows;
    }

    private static WmiRow Get(string scope, string path)
    {
        using var item = new ManagementObject(Connect(scope), new ManagementPath(path), new ObjectGetOptions { Timeout = LongestCall });
        item.Get();
        return Map(item);
    }

    private static object? Invoke(string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments)
    {
        using var management = new ManagementClass(Connect(scope), new ManagementPath(className), new ObjectGetOptions { Timeout = LongestCall });
        using var parameters = management.GetMethodParameters(method);
        foreach (var (name, value) in arguments)
        {
            parameters[name] = value;
        }

        using var answer = management.InvokeMethod(method, parameters, new InvokeMethodOptions { Timeout = LongestCall });
        return answer["ReturnValue"];
    }

    private static WmiRow Map(ManagementBaseObject item)
    {
        var properties = item.Properties.Cast<PropertyData>().ToDictionary(property => property.Name, property => Unwrap(property.Value));
        if (item.SystemProperties.Cast<PropertyData>().FirstOrDefault(property => property.Name == WmiRow.RelativePath)?.Value is string path)
        {
            properties[WmiRow.RelativePath] = path;
        }

        return new WmiRow(properties);
    }

    /// <summary>Objects inside an object, as the properties of a component are, become rows too.</summary>
    private static object? Unwrap(object? value) => value switch
    {
        ManagementBaseObject inner => Map(inner),
        ManagementBaseObject[] many => many.Select(Map).ToArray(),
        _ => value,
    };

    private static ManagementScope Connect(string scope)
    {
        var connected = new ManagementScope(scope, new ConnectionOptions { Timeout = LongestCall });
        connected.Connect();
        return connected;
    }

    private static async Task<T> CallAsync<T>(string what, Func<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await WindowsFailures.CallAsync(what, call, cancellationToken);
        }
        catch (EdgeException exception) when (exception.InnerException is ManagementException management)
        {
            var code = string.Create(CultureInfo.InvariantCulture, $"{management.ErrorCode}, 0x{(int)management.ErrorCode:X8}");
            throw new EdgeException(Classify(management.ErrorCode), $"{what}: {management.Message.Trim()} ({code})", management);
        }
    }

    private static ReadFailure Classify(ManagementStatus status) => status switch
    {
        ManagementStatus.InvalidNamespace or ManagementStatus.InvalidClass or ManagementStatus.NotFound => ReadFailure.NotFound,
        ManagementStatus.AccessDenied or ManagementStatus.PrivilegeNotHeld => ReadFailure.AccessDenied,
        ManagementStatus.Timedout => ReadFailure.TimedOut,
        ManagementStatus.ProviderLoadFailure or ManagementStatus.ProviderNotFound or ManagementStatus.InitializationFailure
            or ManagementStatus.ShuttingDown or ManagementStatus.TransportFailure => ReadFailure.Unavailable,
        _ => ReadFailure.Fault,
    };
}
