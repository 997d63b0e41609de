using System.Runtime.InteropServices;
using System.Xml.Linq;
using WsusDashboard.Iis.Emulation.Errors;

namespace Microsoft.Web.Administration;

/// <summary>The application pools of the server. Names are not case-sensitive.</summary>
public sealed class ApplicationPoolCollection : ConfigurationElementCollectionBase<ApplicationPool>
{
    private readonly ApplicationPoolDefaults _defaults;
    private readonly PoolStates _states;

    internal ApplicationPoolCollection(ConfigurationElement section, ApplicationPoolDefaults defaults, PoolStates states)
        : base(section, xml => Wrap(section, defaults, states, xml)) => (_defaults, _states) = (defaults, states);

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
            throw new IisRefusedException($"An application pool can't be named '{name}'. Allowed: {rule.Allowed}. Nothing was changed.", IisRefusedException.InvalidData);
        }

        if (this[name] is not null)
        {
            throw new IisRefusedException($"Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to '{name}'.", IisRefusedException.AlreadyExists);
        }

        var pool = Append(xml =>
        {
            Owner.Session.Text.SetAttribute(xml, "name", name, []);
            return Wrap(Owner, _defaults, _states, xml);
        });
        _states.Added(name);
        return pool;
    }

    public void Remove(ApplicationPool element)
    {
        ArgumentNullException.ThrowIfNull(element);
        Owner.Session.RequireWritable();
        Delete(element);
        _states.Removed(element.Name);
    }

    private static ApplicationPool Wrap(ConfigurationElement section, ApplicationPoolDefaults defaults, PoolStates states, XElement xml) =>
        new(new ElementLocation(section.Session, section.Schema.Entry!, section, defaults, xml), states);
}
