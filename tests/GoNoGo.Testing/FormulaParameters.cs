using System.Text;
using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;

namespace GoNoGo.Testing;

/// <summary>How a parameter's value follows from the pseudo-random u in [-1, 1).</summary>
public enum FormulaKind
{
    /// <summary>Not set by the formula (counters, indices, permutations).</summary>
    Ignored,

    /// <summary>0.1 u (running mean).</summary>
    BatchNormMean,

    /// <summary>1 + 0.5 |u| (running variance).</summary>
    BatchNormVariance,

    /// <summary>0.1 u.</summary>
    Bias,

    /// <summary>0.5 u (tokens, position embeddings, bias tables).</summary>
    Token,

    /// <summary>0.5 + 0.25 u (layer scale).</summary>
    Gamma,

    /// <summary>10 + 2 u (flow).</summary>
    FlowScale,

    /// <summary>1 + 0.2 u (weights of norms).</summary>
    NormWeight,

    /// <summary>u sqrt(3 / fan_in), fan_in = in * kh * kw of [in, out/groups, kh, kw].</summary>
    TransposedConvolutionWeight,

    /// <summary>u sqrt(3 / fan_in), fan_in = product of all dimensions after the first.</summary>
    Weight,
}

/// <summary>
/// The parameter values of the reference data: a pure function of the parameter's name and the flat index, so that
/// whole networks need not be stored.
/// </summary>
public static class FormulaParameters
{
    /// <summary>FNV-1a, 64 bit, of the name in UTF-8.</summary>
    public static ulong Hash(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte part in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ part) * 0x100000001B3;
        }

        return hash;
    }

    /// <summary>u in [-1, 1), exact in float32.</summary>
    public static double Uniform(ulong hash, long index, ulong seed = 0)
    {
        unchecked
        {
            ulong x = hash + (seed * 0x9E3779B97F4A7C15) + ((ulong)index * 0xBF58476D1CE4E5B9) + 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            ulong z = x ^ (x >> 31);
            return ((z >> 40) / 16777216.0 * 2) - 1;
        }
    }

    /// <summary>The values u of an input tensor.</summary>
    public static float[] Input(string name, long count, ulong seed = 0)
    {
        ulong hash = Hash(name);
        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)Uniform(hash, i, seed);
        }

        return values;
    }

    /// <summary>
    /// The kind that the name and shape tell. Two kinds cannot be told from them and must be given by the caller:
    /// the weight of a transposed convolution and the several-dimensional weight of a layer norm.
    /// </summary>
    public static FormulaKind KindOf(string name, int rank)
    {
        string last = name[(name.LastIndexOf('.') + 1)..];
        return last switch
        {
            "num_batches_tracked" or "relative_position_index" or "attention_bias_idxs" or "w_perm" or "w_perm_inv" => FormulaKind.Ignored,
            "running_mean" => FormulaKind.BatchNormMean,
            "running_var" => FormulaKind.BatchNormVariance,
            "bias" or "global_offset" => FormulaKind.Bias,
            "cls_token" or "dist_token" or "pos_embed" or "pos_embedding" or "relative_position_bias_table" or "attention_biases" => FormulaKind.Token,
            "gamma" => FormulaKind.Gamma,
            "global_scale" => FormulaKind.FlowScale,
            "weight" when rank == 1 => FormulaKind.NormWeight,
            _ => FormulaKind.Weight,
        };
    }

    /// <summary>The kind in the words of the <c>params_*.csv</c> files.</summary>
    public static FormulaKind KindOf(string word) => word switch
    {
        "ignored" => FormulaKind.Ignored,
        "bn_mean" => FormulaKind.BatchNormMean,
        "bn_var" => FormulaKind.BatchNormVariance,
        "bias" => FormulaKind.Bias,
        "token" => FormulaKind.Token,
        "gamma" => FormulaKind.Gamma,
        "flow_scale" => FormulaKind.FlowScale,
        "norm_weight" => FormulaKind.NormWeight,
        "weight_convt" => FormulaKind.TransposedConvolutionWeight,
        "weight" => FormulaKind.Weight,
        _ => throw new ArgumentException($"unknown kind '{word}'", nameof(word)),
    };

    /// <summary>The values of a parameter.</summary>
    /// <param name="name">The full name.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="kind">Where name and shape do not tell it.</param>
    /// <param name="seed">0 in the reference data.</param>
    public static float[] Values(string name, Shape shape, FormulaKind? kind = null, ulong seed = 0)
    {
        var values = new float[shape.ElementCount];
        Fill(name, shape, values, kind, seed);
        return values;
    }

    /// <summary>Writes the values of a parameter; leaves it alone when the formula does not set it.</summary>
    public static void Fill(string name, Shape shape, Span<float> destination, FormulaKind? kind = null, ulong seed = 0)
    {
        FormulaKind rule = kind ?? KindOf(name, shape.Rank);
        if (rule == FormulaKind.Ignored)
        {
            return;
        }

        double scale = rule switch
        {
            FormulaKind.TransposedConvolutionWeight => Math.Sqrt(3.0 / ((double)shape[0] * shape[2] * shape[3])),
            FormulaKind.Weight => Math.Sqrt(3.0 / shape.Product(1, shape.Rank)),
            _ => 1,
        };
        ulong hash = Hash(name);
        for (int i = 0; i < destination.Length; i++)
        {
            double u = Uniform(hash, i, seed);
            destination[i] = (float)(rule switch
            {
                FormulaKind.BatchNormMean or FormulaKind.Bias => 0.1 * u,
                FormulaKind.BatchNormVariance => 1 + (0.5 * Math.Abs(u)),
                FormulaKind.Token => 0.5 * u,
                FormulaKind.Gamma => 0.5 + (0.25 * u),
                FormulaKind.FlowScale => 10 + (2 * u),
                FormulaKind.NormWeight => 1 + (0.2 * u),
                _ => u * scale,
            });
        }
    }

    /// <summary>Sets parameters to their formula values.</summary>
    /// <param name="parameters">The parameters, by full name.</param>
    /// <param name="kindOf">Returns the kind where name and shape do not tell it, otherwise null.</param>
    public static void Fill(IEnumerable<Parameter> parameters, Func<Parameter, FormulaKind?>? kindOf = null)
    {
        foreach (Parameter parameter in parameters)
        {
            Fill(parameter.Name, parameter.Shape, parameter.Value.Span, kindOf?.Invoke(parameter));
        }
    }
}
