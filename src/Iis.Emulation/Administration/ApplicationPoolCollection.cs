using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation;

namespace Microsoft.Web.Administration;

/// <summary>The application pools of the server. Names are not case-sensitive.</summary>
public sealed class ApplicationPoolCollection : ConfigurationElementCollectionBase<ApplicationPool>
{
    private readonly ApplicationPoolDefaults _defaults;

    internal ApplicationPoolCollection(ConfigurationElement section, ApplicationPoolDefaults defaults)
        : base(section, text => new ApplicationPool(Place(section, defaults) with { Text = text })) => _defaults = defaults;

    /// <summary>Null where there is no such pool.</summary>
    public ApplicationPool? this[string name] => Find(pool => string.Equals(pool.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="COMException">The name is not allowed or taken. Nothing is changed.</exception>
    public ApplicationPool Add(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Owner.Session.RequireWritable();
        var rule = Owner.Schema.Entry!.AttributeSchemas["name"]!.Rule;
        if (rule.Accept(name) is null)
        {
            throw new IisRefusedException($"An application pool cannot be named '{name}': allowed is {rule.Allowed}. Nothing was changed.", IisRefusedException.InvalidData);
        }

        if (this[name] is not null)
        {
            throw new IisRefusedException($"Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to '{name}'.", IisRefusedException.AlreadyExists);
        }

        var pool = Append(text =>
        {
            text.SetAttribute("name", name, []);
            return new ApplicationPool(Place(Owner, _defaults) with { Text = text });
        });
        Owner.Session.PoolAdded(name);
        return pool;
    }

    public void Remove(ApplicationPool element)
    {
        ArgumentNullException.ThrowIfNull(element);
        Owner.Session.RequireWritable();
        Delete(element);
        Owner.Session.PoolRemoved(element.Name);
    }

    private static ElementPlace Place(ConfigurationElement section, ApplicationPoolDefaults defaults) =>
        new(section.Session, section.Schema.Entry!, section, defaults, null);
}
