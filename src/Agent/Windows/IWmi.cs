namespace WsusDashboard.Agent.Windows;

/// <summary>Windows Management Instrumentation: WQL in, rows out.</summary>
public interface IWmi
{
    /// <summary>Runs a query in a namespace such as <c>root\SMS\site_BRN</c> or <c>root\cimv2</c>. Lazy properties of Configuration Manager are not filled.</summary>
    /// <exception cref="EdgeException">NotFound where the namespace or class does not exist, AccessDenied, Fault…</exception>
    Task<IReadOnlyList<WmiRow>> QueryAsync(string scope, string wql, CancellationToken cancellationToken);

    /// <summary>Reads one object whole, lazy properties included.</summary>
    /// <param name="scope">The namespace.</param>
    /// <param name="path">Its path in there: <see cref="WmiRow.RelativePath"/> of a row.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EdgeException">As for a query.</exception>
    Task<WmiRow> GetAsync(string scope, string path, CancellationToken cancellationToken);

    /// <summary>Invokes a static method and returns its ReturnValue.</summary>
    /// <exception cref="EdgeException">As for a query.</exception>
    Task<object?> InvokeAsync(string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken);
}

/// <summary>One row: property names (not case-sensitive) to values as WMI gives them (uint, string, bool, string[]; dates as DMTF text; an object inside as a row).</summary>
public sealed class WmiRow(IReadOnlyDictionary<string, object?> properties)
{
    /// <summary>The system property with the path of the object in its namespace; rows without a key have none.</summary>
    public const string RelativePath = "__RELPATH";

    private readonly Dictionary<string, object?> _properties = new(properties, StringComparer.OrdinalIgnoreCase);

    /// <summary>The value, or null where the row has no such property.</summary>
    public object? this[string name] => _properties.GetValueOrDefault(name);
}
