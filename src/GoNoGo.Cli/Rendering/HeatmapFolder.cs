using GoNoGo.Inspecting;

namespace GoNoGo.Cli.Rendering;

/// <summary>Writes heat maps beside the findings.</summary>
internal sealed class HeatmapFolder
{
    public static HeatmapFolder? Open(string? folder, IReadOnlyList<string> pictures, Inspector inspector, bool force)
    {
        _ = (pictures, inspector, force);
        return folder is null ? null : new HeatmapFolder();
    }

    public string? Write(InspectionOutcome outcome)
    {
        _ = outcome;
        return null;
    }
}
