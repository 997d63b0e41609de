namespace Microsoft.Web.Administration;

/// <summary>How managed code takes part in a request.</summary>
public enum ManagedPipelineMode
{
    /// <summary>In the pipeline of IIS.</summary>
    Integrated = 0,

    /// <summary>Through an ISAPI extension.</summary>
    Classic = 1,
}
