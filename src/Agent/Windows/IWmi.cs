namespace WsusDashboard.Agent.Windows;

/// <summary>Windows Management Instrumentation: WQL in, rows out.</summary>
public interface IWmi
{
    /// <summary>Runs a query in a namespace such as <c>root\SMS\site_BRN</c> or <c>root\cimv2</c>.</summary>
    /// <exception cref="EdgeException">NotFound where the namespace or class does not exist, AccessDenied, Fault…</exception>
    Task<IReadOnlyList<WmiRow>> QueryAsync(string scope, string wql, CancellationToken cancellationToken);

    /// <summary>Invokes a static method and returns its ReturnValue.</summary>
    /// <exception cref="EdgeException">As for a query.</exception>
    Task<object?> InvokeAsync(string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken);
}

/// <summary>One row: property names (not case-sensitive) to values as WMI gives them (uint, string, bool, string[]; dates as DMTF text).</summary>
public sealed class WmiRow(IReadOnlyDictionary<string, object?> properties)
{
    private readonly Dictionary<string, object?> _properties = new(properties, StringComparer.OrdinalIgnoreCase);

    /// <summary>The value, or null where the row has no such property.</summary>
    public object? this[string name] => _properties.GetValueOrDefault(name);
}
