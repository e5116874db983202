namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// One operand of a matrix multiply, seen as lanes x depth: the lanes of the left operand are the rows of the product,
/// the lanes of the right operand its columns, and the depth is the summed index. The multiply never reads the operand
/// itself, only panels that the source has packed: so an implicit convolution is a multiply with its own source.
/// Implementations are structs of pointers and sizes; <see cref="Pack"/> is called from several threads at once.
/// </summary>
internal unsafe interface IPanelSource
{
    /// <summary>
    /// Writes the elements (lane0 + i, depth0 + d), i in 0 .. laneCount - 1, d in 0 .. depthCount - 1, to
    /// <c>destination[d * panelWidth + i]</c> and zero to the lanes laneCount .. panelWidth - 1.
    /// </summary>
    /// <param name="lane0">First lane: always a multiple of <paramref name="panelWidth"/>.</param>
    /// <param name="laneCount">Lanes that exist: 1 to <paramref name="panelWidth"/>.</param>
    /// <param name="depth0">First depth: any.</param>
    /// <param name="depthCount">Number of depths: 1 to <see cref="GemmPlan.MaxDepthBlock"/>.</param>
    /// <param name="panelWidth">Lanes of a panel: at most 12 for the left operand; two vectors (32, 16, 8 or 2) for the right one.</param>
    /// <param name="destination">Room for depthCount * panelWidth floats; 32-byte aligned at least.</param>
    void Pack(int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination);
}
