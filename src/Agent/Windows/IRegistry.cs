namespace WsusDashboard.Agent.Windows;

/// <summary>The registry, HKEY_LOCAL_MACHINE only, 64-bit view, read only.</summary>
public interface IRegistry
{
    /// <summary>A value (string, int, long, string[], byte[]), or null where key or value does not exist.</summary>
    /// <param name="key">Below HKEY_LOCAL_MACHINE, for example <c>SOFTWARE\Microsoft\Update Services\Server\Setup</c>.</param>
    /// <param name="name">Name of the value.</param>
    /// <exception cref="EdgeException">Access denied.</exception>
    object? Read(string key, string name);

    /// <summary>True where there is such a key, whatever is in it.</summary>
    /// <param name="key">Below HKEY_LOCAL_MACHINE.</param>
    /// <exception cref="EdgeException">Access denied.</exception>
    bool HasKey(string key);
}
