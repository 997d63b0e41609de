using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Schema;
using WsusDashboard.Iis.Emulation.Text;

namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>One reading of a configuration file and the changes made to it until they are committed. Not for several threads, like the real API.</summary>
internal sealed class ConfigurationSession
{
    private readonly ConfigurationFile _file;
    private readonly byte[] _bytes;
    private readonly EncodedText _read;
    private readonly XmlTextDocument _document;
    private readonly HashSet<string> _uncommittedPools = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _removedPools = [];
    private string? _whyReadOnly;

    private ConfigurationSession(string path, bool readOnly, WriterOptions options)
    {
        Path = path;
        _file = new ConfigurationFile(path, options);
        (_bytes, _read, _document) = _file.Read();
        _whyReadOnly = readOnly ? "The configuration object is read only, because its ServerManager was opened read-only." : null;
        var pools = Section(PoolSchema.Section);
        var sites = Section(SiteSchema.Section);
        ApplicationPoolDefaults = new ApplicationPoolDefaults(pools.ChildPlace("applicationPoolDefaults"));
        Runtime = EmulatedIis.RuntimeFor(path, StartsByItself);
        ApplicationPools = new ApplicationPoolCollection(pools, ApplicationPoolDefaults);
        Sites = new SiteCollection(sites);
    }

    public string Path { get; }

    public ApplicationPoolDefaults ApplicationPoolDefaults { get; }

    public ApplicationPoolCollection ApplicationPools { get; }

    public SiteCollection Sites { get; }

    public IPoolRuntime Runtime { get; }

    public static ConfigurationSession Open(string path, bool readOnly, WriterOptions options) => new(path, readOnly, options);

    /// <exception cref="InvalidOperationException">Read-only, or committed already; the text of the second is the real API's.</exception>
    public void RequireWritable()
    {
        if (_whyReadOnly is not null)
        {
            throw new InvalidOperationException(_whyReadOnly);
        }
    }

    /// <summary>IIS starts to know a pool when it is committed.</summary>
    public bool IsCommitted(string pool) => !_uncommittedPools.Contains(pool);

    public void PoolAdded(string pool) => _uncommittedPools.Add(pool);

    public void PoolRemoved(string pool)
    {
        _uncommittedPools.Remove(pool);
        _removedPools.Add(pool);
    }

    public void Commit()
    {
        RequireWritable();
        var text = _document.ToString();
        if (text != _read.Text)
        {
            _file.Replace(_bytes, _read with { Text = text });
        }

        if (_removedPools.Count > 0 && Runtime is FilePoolRuntime runtime)
        {
            runtime.Forget(_removedPools);
        }

        _uncommittedPools.Clear();
        _whyReadOnly = "The configuration object is read only, because it has been committed by a call to ServerManager.CommitChanges(). "
            + "If write access is required, use ServerManager to get a new reference.";
    }

    private bool StartsByItself(string pool) => ApplicationPools[pool]?.AutoStart ?? false;

    private ConfigurationElement Section(ConfigurationElementSchema schema)
    {
        if (_document.Root.Name != "configuration")
        {
            throw Damaged(_document.Root.Position, $"The file is no IIS configuration: its first element is <{_document.Root.Name}>, not <configuration>.");
        }

        var texts = _document.Root.Children.Where(child => child.Name == "system.applicationHost").SelectMany(group => group.Children)
            .Where(child => child.Name == schema.Name).ToArray();
        if (texts.Length > 1)
        {
            throw Damaged(texts[1].Position, $"There is a duplicate '{schema.Name}' section defined.");
        }

        if (texts.Length == 1)
        {
            new SectionValidation(Damaged).Validate(texts[0], schema);
            return new ConfigurationElement(new ElementPlace(this, schema, null, null, texts[0]));
        }

        var root = new ConfigurationElement(new ElementPlace(this, new ConfigurationElementSchema("configuration"), null, null, _document.Root));
        var group = new ConfigurationElement(new ElementPlace(this, new ConfigurationElementSchema("system.applicationHost"), root, null, null));
        return new ConfigurationElement(new ElementPlace(this, schema, group, null, null));
    }

    internal ConfigurationFileException Damaged(TextPosition? position, string error) =>
        new(Path, (position ?? TextPosition.Start).Line, (position ?? TextPosition.Start).Column, error);
}
