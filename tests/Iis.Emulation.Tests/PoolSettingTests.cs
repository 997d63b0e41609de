using System.Runtime.InteropServices;
using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Errors;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Reading and setting single attributes.</summary>
public sealed class PoolSettingTests
{
    private const string WsusPool = """
        <add name="WsusPool" queueLength="2000" managedRuntimeVersion="v4.0" autoStart="True">
                        <processModel identityType="NetworkService" idleTimeout="00:00:00" />
                        <recycling logEventOnRecycle="Time, ConfigChange">
                            <periodicRestart privateMemory="1843200" time="1.05:30:00">
                                <schedule>
                                    <add value="03:30:00" />
                                </schedule>
                            </periodicRestart>
                        </recycling>
                        <failure rapidFailProtection="false" />
                        <cpu />
                    </add>
        """;

    [Fact]
    public void Properties_WsusPool_AreReadAsWritten()
    {
        using var folder = ConfigurationFolder.WithPools(WsusPool);
        using var manager = folder.Open();
        var pool = manager.ApplicationPools["wsuspool"]!;

        Assert.Equal(2000, pool.QueueLength);
        Assert.True(pool.AutoStart);
        Assert.Equal(ProcessModelIdentityType.NetworkService, pool.ProcessModel.IdentityType);
        Assert.Equal(TimeSpan.Zero, pool.ProcessModel.IdleTimeout);
        Assert.Equal(RecyclingLogEventOnRecycle.Time | RecyclingLogEventOnRecycle.ConfigChange, pool.Recycling.LogEventOnRecycle);
        Assert.Equal(1843200, pool.Recycling.PeriodicRestart.PrivateMemory);
        Assert.Equal(new TimeSpan(29, 30, 0), pool.Recycling.PeriodicRestart.Time);
        Assert.Equal([new TimeSpan(3, 30, 0)], pool.Recycling.PeriodicRestart.Schedule.Select(schedule => schedule.Time));
        Assert.False(pool.Failure.RapidFailProtection);
        Assert.Equal(LoadBalancerCapabilities.HttpLevel, pool.Failure.LoadBalancerCapabilities);
        Assert.Equal(TimeSpan.FromMinutes(5), pool.Cpu.ResetInterval);
        Assert.True(pool.Cpu.IsLocallyStored);
    }

    [Fact]
    public void Properties_SetAll_AreReadBackByAnother()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" />");

        folder.Change(manager => SetEverything(manager.ApplicationPools["Pool"]!));

        using var manager = folder.Open();
        var pool = manager.ApplicationPools["Pool"]!;
        Assert.Equal((30000, true, false, "v4.0"), (pool.QueueLength, pool.Enable32BitAppOnWin64, pool.AutoStart, pool.ManagedRuntimeVersion));
        Assert.Equal((StartMode.AlwaysRunning, ManagedPipelineMode.Classic), (pool.StartMode, pool.ManagedPipelineMode));
        Assert.Equal((ProcessModelIdentityType.SpecificUser, "DOMAIN\\user"), (pool.ProcessModel.IdentityType, pool.ProcessModel.UserName));
        Assert.Equal((TimeSpan.FromDays(30), IdleTimeoutAction.Suspend), (pool.ProcessModel.IdleTimeout, pool.ProcessModel.IdleTimeoutAction));
        Assert.Equal((4, ProcessModelLogEventOnProcessModel.None), (pool.ProcessModel.MaxProcesses, pool.ProcessModel.LogEventOnProcessModel));
        Assert.Equal((4294967295, RecyclingLogEventOnRecycle.None), (pool.Recycling.PeriodicRestart.Memory, pool.Recycling.LogEventOnRecycle));
        Assert.Equal((LoadBalancerCapabilities.TcpLevel, 1), (pool.Failure.LoadBalancerCapabilities, pool.Failure.RapidFailProtectionMaxCrashes));
        Assert.Equal((ProcessorAction.Throttle, 90000, 3L), (pool.Cpu.Action, pool.Cpu.Limit, pool.Cpu.SmpProcessorAffinityMask));
        Assert.Contains("idleTimeout=\"30.00:00:00\"", folder.Text, StringComparison.Ordinal);
        Assert.Contains("logEventOnRecycle=\"\"", folder.Text, StringComparison.Ordinal);
        Assert.Contains("<add value=\"23:59:00\" />", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void SetAttributeValue_EveryRangeOfTheSchema_TakesItsEndsAndRefusesWhatIsBeyond()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" />");
        using var manager = folder.Open();
        var before = folder.Bytes;

        var compared = 0;
        foreach (var (element, attribute) in PoolAttributes.Of(manager.ApplicationPools["Pool"]!).Where(pair => pair.Attribute.Type is "uint" or "int" or "timeSpan"))
        {
            var (minimum, maximum, granularity) = PoolAttributes.Range(attribute);
            element.SetAttributeValue(attribute.Name, Value(minimum));
            Assert.Equal(Value(minimum), element[attribute.Name]);
            element.SetAttributeValue(attribute.Name, Value(maximum));
            foreach (var refused in attribute.Type == "timeSpan" ? [minimum - granularity, maximum + 1, maximum + 0.5, minimum + (granularity / 2.0)] : new[] { minimum - 1.0, maximum + 1.0 })
            {
                var exception = Assert.Throws<IisRefusedException>(() => element.SetAttributeValue(attribute.Name, Value(refused)));
                Assert.Contains(attribute.Name, exception.Message, StringComparison.Ordinal);
                Assert.Contains("'Pool'", exception.Message, StringComparison.Ordinal);
                Assert.Contains(attribute.Rule.Allowed, exception.Message, StringComparison.Ordinal);
            }

            Assert.Equal(Value(maximum), element[attribute.Name]);
            compared++;

            object Value(double number) => attribute.Type switch
            {
                "timeSpan" => TimeSpan.FromSeconds(number),
                "int" when number is >= int.MinValue and <= int.MaxValue => (int)number,
                _ => (long)number,
            };
        }

        Assert.True(compared >= 18, $"{compared} ranges");
        Assert.Equal(before, folder.Bytes);
    }

    [Theory]
    [InlineData("queueLength", "9")]
    [InlineData("queueLength", "65536")]
    [InlineData("queueLength", "many")]
    [InlineData("autoStart", "1")]
    [InlineData("autoStart", 1)]
    [InlineData("startMode", "Sometimes")]
    [InlineData("startMode", 2)]
    [InlineData("managedRuntimeVersion", "v4\0")]
    public void SetAttributeValue_ValueNotAllowed_IsRefusedAndNothingIsWritten(string attribute, object value)
    {
        using var folder = ConfigurationFolder.WithPools(WsusPool);
        var before = folder.Bytes;
        using var manager = folder.Open();
        var pool = manager.ApplicationPools["WsusPool"]!;

        var exception = Assert.ThrowsAny<COMException>(() => pool.SetAttributeValue(attribute, value));
        manager.CommitChanges();

        AssertText.Tells(exception.Message, "WsusPool", attribute, $"'{value}'");
        Assert.Equal(IisRefusedException.InvalidData, exception.HResult);
        Assert.Equal(before, folder.Bytes);
    }

    [Fact]
    public void SetAttributeValue_HalfOfASurrogatePair_IsRefused()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" />");
        using var manager = folder.Open();
        var pool = manager.ApplicationPools["Pool"]!;

        Assert.Throws<IisRefusedException>(() => pool.ManagedRuntimeVersion = "v" + (char)0xD800);
        pool.ManagedRuntimeVersion = "v" + char.ConvertFromUtf32(0x1F600);
    }

    [Fact]
    public void SetAttributeValue_ChildElement_NamesTheWayToTheAttribute()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" />");
        using var manager = folder.Open();

        var exception = Assert.ThrowsAny<COMException>(() => manager.ApplicationPools["Pool"]!.Recycling.PeriodicRestart.PrivateMemory = -1);

        Assert.StartsWith("Application pool 'Pool', recycling/periodicRestart@privateMemory ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 4294967295", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetAttributeValue_UnknownAttribute_IsRefusedAndTheSchemaSaysSo()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\" />");
        using var manager = folder.Open();
        var pool = manager.ApplicationPools["Pool"]!;

        Assert.Null(pool.Schema.AttributeSchemas["idleTimeoutAction"]);
        Assert.NotNull(pool.ProcessModel.Schema.AttributeSchemas["idleTimeoutAction"]);
        Assert.Throws<IisRefusedException>(() => pool["idleTimeoutAction"]);
        Assert.Throws<IisRefusedException>(() => pool["idleTimeoutAction"] = 1);
        Assert.Throws<IisRefusedException>(() => pool.GetChildElement("nothing"));
    }

    [Fact]
    public void Password_Set_IsRefusedBecauseItWouldBeInClearText()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"Pool\"><processModel password=\"[enc:AesProvider:abc:enc]\" /></add>");
        using var manager = folder.Open();
        var model = manager.ApplicationPools["Pool"]!.ProcessModel;

        Assert.Equal("[enc:AesProvider:abc:enc]", model.Password);
        Assert.Throws<PlatformNotSupportedException>(() => model.Password = "secret");
    }

    private static void SetEverything(ApplicationPool pool)
    {
        (pool.QueueLength, pool.Enable32BitAppOnWin64, pool.AutoStart, pool.ManagedRuntimeVersion) = (30000, true, false, "v4.0");
        (pool.StartMode, pool.ManagedPipelineMode) = (StartMode.AlwaysRunning, ManagedPipelineMode.Classic);
        var model = pool.ProcessModel;
        (model.IdentityType, model.UserName, model.IdleTimeout) = (ProcessModelIdentityType.SpecificUser, "DOMAIN\\user", TimeSpan.FromDays(30));
        (model.IdleTimeoutAction, model.MaxProcesses, model.LogEventOnProcessModel) = (IdleTimeoutAction.Suspend, 4, ProcessModelLogEventOnProcessModel.None);
        pool.Recycling.PeriodicRestart.Memory = 4294967295;
        pool.Recycling.LogEventOnRecycle = RecyclingLogEventOnRecycle.None;
        pool.Recycling.PeriodicRestart.Schedule.Add(new TimeSpan(23, 59, 0));
        (pool.Failure.LoadBalancerCapabilities, pool.Failure.RapidFailProtectionMaxCrashes) = (LoadBalancerCapabilities.TcpLevel, 1);
        (pool.Cpu.Action, pool.Cpu.Limit, pool.Cpu.SmpProcessorAffinityMask) = (ProcessorAction.Throttle, 90000, 3);
    }
}
